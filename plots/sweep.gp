# How each metric goes with what was varied: gnuplot sweep.gp reads curves.gp here and writes sweep.svg and sweep.png.
# Yours to change:
canvas = "size 1200,%d background '#ffffff' noenhanced font 'sans-serif,17'"
panel_height = 430
colours = "#0072B2 #D55E00 #009E73 #CC79A7 #E69F00 #56B4E9 #000000 #999999"
curves_most = 16 # more of them cannot be told apart

reset
load "curves.gp"
set encoding utf8
panels = words(metrics)
shown = curves > curves_most ? curves_most : curves

two(n, k, a, b) = sprintf("%d%s", n / k, a).(n % k ? sprintf("%d%s", n % k, b) : "")
human(t) = t >= 86400 ? two(int(t / 3600. + .5), 24, "d", "h") : t >= 3600 ? two(int(t / 60. + .5), 60, "h", "m") : \
           t >= 60 ? two(int(t + .5), 60, "m", "s") : t >= 1 ? sprintf("%.3gs", t) : \
           t >= .001 ? sprintf("%.3gms", t * 1e3) : t > 0 ? sprintf("%.3gus", t * 1e6) : "0"
steps = ".001 .002 .005 .01 .02 .05 .1 .2 .5 1 2 5 10 20 30 60 120 300 600 1200 1800 3600 7200 14400 21600 43200 86400 " \
    ."172800 345600 604800 1209600 2592000 5184000 15552000 31536000"

# The axis has a tick at each value, with its text; few enough to be read.
stats $curves index 0 using 1 nooutput
points = STATS_records
every_nth = int((points + 13) / 14)
stats $curves using 1 nooutput
if (logarithmic) {
    set logscale x
    set xrange [STATS_min / 1.2:STATS_max * 1.2]
}
set grid xtics ytics linetype 1 linecolor rgb "#d8d8d8" linewidth 1
set border 3 linecolor rgb "#404040"
set offsets graph 0.03, graph 0.03, graph 0.06, 0

do for [kind in "svg png"] {
    size = sprintf(canvas, 90 + panels * panel_height)
    eval "set terminal ".(kind eq "svg" ? "svg ".size." dynamic" : "pngcairo ".size." fontscale 0.75")
    set output "sweep.".kind
    if (curves == 1) { set key off } else { set key above left horizontal }
    set multiplot layout panels, 1 title name font ",22"
    set label 1000 "Bars: 95 % interval over runs. All points have the same luck." at screen 0.98, screen 0.012 right \
        font ",14" textcolor rgb "#606060"
    do for [m = 1:panels] {
        unit = word(units, m)
        if (m > 1) { set key off }
        column = 3 * m
        set title word(metrics, m).(curves > shown ? sprintf(" (the first %d of %d curves)", shown, curves) : "")
        set xlabel m == panels ? axis : ""
        set ytics autofreq nomirror out
        set yrange [0:*]
        stats $curves using (column(column + 2)) nooutput
        top = STATS_max > 0 ? STATS_max : 1
        if (unit eq "seconds") {
            step = top
            do for [s in steps] { if (top / (s + 0.) >= 4) { step = s + 0. } }
            set ytics () nomirror out
            do for [i = 0:int(top / step) + 1] { set ytics add (human(i * step) i * step) }
        }
        factor = unit eq "share" ? 100. : 1.
        set format y unit eq "share" ? "%.4g %%" : "%.4g"
        # Shares near 100 % are told apart only if the axis does not begin at 0.
        if (unit eq "share" && STATS_min > .5) { set yrange [*:100] }
        set xtics () nomirror out rotate by (points > 8 ? -35 : 0)
        plot for [c = 1:shown] $curves index c - 1 using 1:(factor * column(column)):(factor * column(column + 1)):(factor * column(column + 2)): \
                 xticlabels(int(column(0)) % every_nth == 0 ? strcol(2) : "") \
                 with yerrorbars pointtype 7 pointsize 0.7 linecolor rgb word(colours, (c - 1) % words(colours) + 1) notitle, \
             for [c = 1:shown] $curves index c - 1 using 1:(factor * column(column)) with lines linewidth 2 \
                 linecolor rgb word(colours, (c - 1) % words(colours) + 1) title columnheader(1)
    }
    unset multiplot
    unset output
}
