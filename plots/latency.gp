# How long the mail took: gnuplot latency.gp reads spans.csv and metrics.csv here and writes latency.svg and
# latency.png.
# Yours to change:
span = "latency" # or "warning" or "bounce": the time until the sender is told
canvas = "size 1200,700 background '#ffffff' noenhanced font 'sans-serif,18'"
line_colour = "#0072B2"
band_colour = "#9CCBE6"
mark_colour = "#D55E00"
marks = "50 90 99" # percent; each mark names the time by which so many were through

reset
set encoding utf8
set datafile separator comma
title_of(span) = span eq "latency" ? "Time from send to mailbox" : "Time from send to the first ".span." to the sender"
share_of(span) = span eq "latency" ? "share of the delivered mail that is through" : \
    "share of the messages with a ".span." that have it"
none_of(span) = span eq "latency" ? "No mail was delivered." : "No sender got a ".span."."

# 90 -> "1m30s"
two(n, k, a, b) = sprintf("%d%s", n / k, a).(n % k ? sprintf("%d%s", n % k, b) : "")
human(t) = t >= 86400 ? two(int(t / 3600. + .5), 24, "d", "h") : t >= 3600 ? two(int(t / 60. + .5), 60, "h", "m") : \
           t >= 60 ? two(int(t + .5), 60, "m", "s") : t >= 1 ? sprintf("%.3gs", t) : \
           t >= .001 ? sprintf("%.3gms", t * 1e3) : sprintf("%.3gus", t * 1e6)
digits(gap) = gap > 0 && gap < 1 ? 3 + int(ceil(-log10(gap))) : 3
percent(share) = sprintf(sprintf("%%.%dg %%%%", digits(100 - 100. * share)), 100. * share)
thousands(n) = n < 1000 ? sprintf("%d", n) : thousands(int(n / 1000)).sprintf(",%03d", int(n) % 1000)

# The rows of this span. Each cdf is that of the upper end of its row. With one run there is no interval.
n = 0
stats "spans.csv" using (n = strcol(1) eq span ? n + 1 : n, 0) nooutput
rows = n
array low[rows + 1]
array high[rows + 1]
array cdf[rows + 1]
array band_low[rows + 1]
array band_high[rows + 1]
array point[rows + 1] # "cdf,low,high"
n = 0
messages = 0.
stats "spans.csv" using (strcol(1) eq span ? (n = n + 1, low[n] = $2, high[n] = $3, messages = messages + $4, \
    cdf[n] = $5, band_low[n] = strcol(6), band_high[n] = strcol(7)) : 0, 0) nooutput
has_band = rows > 0 && strlen(band_low[1]) > 0

# Times of the marks, and the share of all mail, from metrics.csv.
array mark[words(marks)]
do for [i = 1:words(marks)] { mark[i] = -1 }
delivered = -1
stats "metrics.csv" using (delivered = strcol(1) eq "delivered_rate" ? $3 : delivered, \
    sum [i = 1:words(marks)] (strcol(1) eq span.".p".word(marks, i) && strlen(strcol(3)) ? (mark[i] = $3, 0) : 0)) \
    nooutput

# The axis: the range of the data, at least a factor of 4 wide.
if (rows) {
    from = low[1] > 1e-6 ? low[1] : 1e-6
    to = high[rows] > from ? high[rows] : from
    wide = to / from > 2.2 ? 1.35 : 2 / sqrt(to / from)
    from = from / wide
    to = to * wide
    # A curve of steps: flat between rows, rising within each.
    set print $curve
    print sprintf("%.10g,0,0,0", from)
    do for [i = 1:rows] {
        start = i > 1 || low[i] > from ? low[i] : from
        print sprintf("%.10g,", start).(i > 1 ? point[i - 1] : "0,0,0")
        point[i] = sprintf("%.10g,", cdf[i]).(has_band ? band_low[i].",".band_high[i] : "0,0")
        print sprintf("%.10g,", high[i]).point[i]
    }
    print sprintf("%.10g,1,1,1", to)
    set print
}

# Ticks that people use: the wider the axis, the fewer.
few = ".000001 .00001 .0001 .001 .01 .1 1 10 60 600 3600 21600 86400 432000 2592000 31536000"
some = ".001 .002 .005 .01 .02 .05 .1 .2 .5 1 2 5 10 30 60 120 300 600 1800 3600 7200 21600 43200 86400 172800 " \
    ."432000 864000 1728000 4320000"
many = ".001 .0015 .002 .003 .004 .005 .006 .008 .01 .015 .02 .03 .04 .05 .06 .08 .1 .15 .2 .3 .4 .5 .6 .8 " \
    ."1 1.5 2 3 4 5 6 8 10 15 20 30 40 60 90 120 180 240 300 360 480 600 900 1200 1800 2400 3600 5400 7200 10800 " \
    ."14400 18000 21600 28800 36000 43200 64800 86400 129600 172800 259200 345600 432000 518400 691200 864000 " \
    ."1296000 1728000 2592000"

set title title_of(span) font ",28" offset 0,-0.3
set key off
if (rows) {
    decades = log10(to / from)
    ticks = decades < 1.3 ? many : decades < 3.2 ? some : few
    set logscale x
    set xrange [from:to]
    set yrange [0:1.06]
    set xtics () nomirror out
    do for [t in ticks] { if (t >= from && t <= to) { set xtics add (human(t + 0.) t + 0.) } }
    set ytics ("0 %%" 0, "20 %%" .2, "40 %%" .4, "60 %%" .6, "80 %%" .8, "100 %%" 1) nomirror out
    set label 1001 "time since the message was sent (logarithmic)" at screen 0.5425, screen 0.085 center
    set ylabel share_of(span) offset 0.5,0
    set grid xtics ytics linetype 1 linecolor rgb "#d8d8d8" linewidth 1
    set border 3 linecolor rgb "#404040"
    set lmargin at screen 0.115
    set rmargin at screen 0.97
    set tmargin at screen 0.89
    set bmargin at screen 0.185
    note = thousands(messages).(span eq "latency" ? " delivered messages" : " messages")
    if (span eq "latency" && delivered >= 0) { note = note.", ".percent(delivered)." of all that were sent" }
    note = note.(has_band ? ".  Band: 95 % interval over runs." : ".  One run: no interval.")
    set label 1000 note at screen 0.97, screen 0.03 right font ",15" textcolor rgb "#606060"
    # The words of a mark stand below the curve in the left part, above it in the right part.
    do for [i = 1:words(marks)] {
        if (mark[i] >= 0) {
            at_x = mark[i] > from ? mark[i] : from
            at_y = word(marks, i) / 100.
            says = (at_y == .5 ? "half" : word(marks, i)." %")." within ".human(mark[i])
            if (log10(at_x / from) < .6 * decades) {
                set label 100 + i says at at_x, at_y left offset character 1.2, -1.1 front \
                    point pointtype 7 pointsize 1.2 linecolor rgb mark_colour
            } else {
                set label 100 + i says at at_x, at_y right offset character -1.2, 0.5 front \
                    point pointtype 7 pointsize 1.2 linecolor rgb mark_colour
            }
        }
    }
} else {
    unset border
    unset tics
    set xrange [0:1]
    set yrange [0:1]
    set label 1000 none_of(span) at 0.5, 0.55 center font ",24"
    set label 1001 "What became of it: see outcomes.svg." at 0.5, 0.45 center textcolor rgb "#606060"
}

do for [kind in "svg png"] {
    if (kind eq "svg") { set terminal svg @canvas dynamic } else { set terminal pngcairo @canvas fontscale 0.75 }
    set output "latency.".kind
    if (rows == 0) {
        plot -1 # below the picture: gnuplot wants something to draw
    } else {
        if (has_band) {
            plot $curve using 1:3:4 with filledcurves linecolor rgb band_colour fillstyle solid noborder, \
                 $curve using 1:2 with lines linewidth 3 linecolor rgb line_colour
        } else {
            plot $curve using 1:2 with lines linewidth 3 linecolor rgb line_colour
        }
    }
    unset output
}
