# How many messages wait, and when: gnuplot queue.gp reads queue.csv and outages.csv here and writes queue.svg and
# queue.png.
# Yours to change:
most_mtas = 20 # lines: those with the highest queues
most_bands = 6 # with more lines than this there are no bands
most_faults = 10 # rows of outages
cut_at = 0.002 # the axis ends where all queues have fallen below this share of the highest; 0 shows everything
canvas = "size 1200,700 background '#ffffff' noenhanced font 'sans-serif,18'"
title_text = "Messages in the queues"
colours = "#0072B2 #D55E00 #009E73 #CC79A7 #56B4E9 #000000" # then again, dashed
fault_red = 230; fault_green = 159; fault_blue = 0 # an outage in all runs; paler in fewer

reset
set encoding utf8
short(name, most) = strlen(name) > most ? name[1:most - 1]."…" : name
# Of gnuplot's own, "1e-05" + 0. is an error.
number(s) = strstrt(s, "e") && !strstrt(s, ".") ? s[1:strstrt(s, "e") - 1].".0".s[strstrt(s, "e"):] + 0. : s + 0.
# 90 -> "1m30s"
two(n, k, a, b) = sprintf("%d%s", n / k, a).(n % k ? sprintf("%d%s", n % k, b) : "")
human(t) = t >= 86400 ? two(int(t / 3600. + .5), 24, "d", "h") : t >= 3600 ? two(int(t / 60. + .5), 60, "h", "m") : \
           t >= 60 ? two(int(t + .5), 60, "m", "s") : sprintf("%gs", t)

# Reads queue.csv into queue[1..], and outages.csv into outage[1..], cell by cell. Byte by byte, since gnuplot's own
# reader of CSV cuts a quoted name at a comma.
cells = 0; so_far = ""; quoted = 0; last = 0
stats "queue.csv" binary format="%uchar" using (cells = cells + ($1 == 44 || $1 == 10), 0) nooutput
array queue[cells]
cells = 0
stats "queue.csv" binary format="%uchar" using ( \
    $1 == 34 ? (quoted = !quoted, so_far = quoted && last == 34 ? so_far.'"' : so_far) : \
    !quoted && ($1 == 44 || $1 == 10) ? (cells = cells + 1, queue[cells] = so_far, so_far = "") : \
    (so_far = so_far.sprintf("%c", $1)), last = $1, 0) nooutput
queue_rows = cells / 5 - 1 # seconds, mta, queue, low, high
cells = 0
stats "outages.csv" binary format="%uchar" using (cells = cells + ($1 == 44 || $1 == 10), 0) nooutput
array outage[cells]
cells = 0
stats "outages.csv" binary format="%uchar" using ( \
    $1 == 34 ? (quoted = !quoted, so_far = quoted && last == 34 ? so_far.'"' : so_far) : \
    !quoted && ($1 == 44 || $1 == 10) ? (cells = cells + 1, outage[cells] = so_far, so_far = "") : \
    (so_far = so_far.sprintf("%c", $1)), last = $1, 0) nooutput
outage_rows = cells / 5 - 1 # seconds, fault, on, is, share

# The rows of an MTA stand together, as many for each. The bins of time are the same everywhere.
bins = queue_rows
do for [row = queue_rows:2:-1] { if (queue[row * 5 + 2] ne queue[7]) { bins = row - 1 } }
mtas = bins ? queue_rows / bins : 0
width = 2. * number(queue[6])
array peak[mtas]
array used[mtas]
highest = 0.
do for [m = 1:mtas] {
    peak[m] = 0.
    used[m] = 0
    do for [b = 1:bins] {
        mean = number(queue[((m - 1) * bins + b) * 5 + 3])
        if (mean > peak[m]) { peak[m] = mean }
    }
    if (peak[m] > highest) { highest = peak[m] }
}
lines = mtas < most_mtas ? mtas : most_mtas
array order[lines + 1]
do for [i = 1:lines] {
    best = 0
    do for [m = 1:mtas] { if (!used[m] && (best == 0 || peak[m] > peak[best])) { best = m } }
    used[best] = 1
    order[i] = best
}

# Where the axis of time ends.
cut = cut_at * highest
last_bin = 0
do for [m = 1:mtas] {
    do for [b = last_bin + 1:bins] { if (number(queue[((m - 1) * bins + b) * 5 + 3]) > cut) { last_bin = b } }
}
if (last_bin == 0) { last_bin = bins }
if (last_bin < bins) { last_bin = last_bin + 1 }
to = last_bin * width

# The lines: seconds, mean, low, high. A queue is never below 0, whatever its interval says. One run has no interval.
top = 1.
has_band = bins && strlen(queue[9]) > 0
bands = has_band && lines <= most_bands
beside = lines > 3 # the legend
set print $lines
do for [i = 1:lines] {
    do for [b = 1:last_bin] {
        at = ((order[i] - 1) * bins + b) * 5
        mean = number(queue[at + 3])
        low = bands ? number(queue[at + 4]) : mean
        high = bands ? number(queue[at + 5]) : mean
        if (high > top) { top = high }
        print sprintf("%.10g %.10g %.10g %.10g", (b - .5) * width, mean, low > 0 ? low : 0., high)
    }
    print ""
    print ""
}
set print

# The outages: share[] of runs for each label ("ns1 silent") and bin. A label may come from several faults.
room = 100
array label[room]
array share[room * last_bin]
array index_of[1000] # of the k-th name of this fault
labels = 0
do for [i = 1:room * last_bin] { share[i] = 0. }
fault = ""
seconds = ""
k = 0
do for [row = 1:outage_rows] {
    at = row * 5
    k = outage[at + 2] eq fault && outage[at + 1] eq seconds ? k + 1 : 1
    seconds = outage[at + 1]
    b = int(number(seconds) / width) + 1
    if (k <= 1000 && (outage[at + 2] ne fault || b == 1)) {
        name = short(outage[at + 3], 24)." ".outage[at + 4]
        index_of[k] = 0
        do for [i = 1:labels] { if (label[i] eq name) { index_of[k] = i } }
        if (index_of[k] == 0 && labels < room) { labels = labels + 1; label[labels] = name; index_of[k] = labels }
    }
    fault = outage[at + 2]
    if (k <= 1000 && b <= last_bin && index_of[k] > 0) {
        i = (index_of[k] - 1) * last_bin + b
        share[i] = share[i] + number(outage[at + 5])
        if (share[i] > 1) { share[i] = 1. }
    }
}

# Strips of equal share: row, from, to, colour; each runs on a little below the next, lest a seam be seen. Faults that
# are never on while mail waits get no row.
blend(share, colour) = int(255 - share * (255 - colour) + .5)
strips = 0
left_out = 0
longest = 0
array strip_label[most_faults + 1]
set print $strips
do for [i = 1:labels] {
    some = 0
    do for [b = 1:last_bin] { if (share[(i - 1) * last_bin + b] > 0) { some = 1 } }
    if (some && strips == most_faults) { left_out = left_out + 1 }
    if (some && strips < most_faults) {
        strips = strips + 1
        strip_label[strips] = label[i]
        if (strlen(label[i]) > longest) { longest = strlen(label[i]) }
        start = 1
        do for [b = 1:last_bin] {
            here = share[(i - 1) * last_bin + b]
            next = b < last_bin ? share[(i - 1) * last_bin + b + 1] : -1
            if (here != next) {
                if (here > 0) {
                    print sprintf("%d %.10g %.10g %d", strips, (start - 1) * width, (next > 0 ? b + .3 : b) * width, \
                        65536 * blend(here, fault_red) + 256 * blend(here, fault_green) + blend(here, fault_blue))
                }
                start = b + 1
            }
        }
    }
}
set print

# Ticks that people use, ten at most.
step = 1.
steps = "1 5 10 30 60 300 600 1800 3600 7200 10800 21600 43200 86400 172800 432000 864000 2592000 8640000 31536000"
do for [t in steps] {
    if (to / step > 10) { step = t + 0. }
}
ticks = int(to / step)
amount(x) = x >= 100 ? sprintf("%.0f", x) : sprintf("%.2g", x)

array legend[lines + 1]
do for [i = 1:lines] {
    name = short(queue[(order[i] * bins - bins + 1) * 5 + 2], beside ? 16 : 20)
    legend[i] = sprintf("%s (highest %s)", name, amount(peak[order[i]]))
}

left = 0.03 + 0.0085 * longest
if (left < 0.105) { left = 0.105 }
set lmargin at screen left
set rmargin at screen (beside ? 0.72 : 0.96)
set border 3 linecolor rgb "#404040"
set grid xtics ytics linetype 1 linecolor rgb "#d8d8d8" linewidth 1
set xrange [0:to]
foot = 0.18
row_height = strips > 7 ? 0.3 / strips : strips > 3 ? 0.042 : 0.05
set style fill solid noborder
note = !has_band ? "One run: no intervals." : bands ? "Lines: mean over runs.  Bands: 95 % interval." : \
    "Lines: mean over runs."
if (strips) { note = note."  Outages: the shade is their share of runs and time." }
if (left_out) { note = note.sprintf("  %d more outages are not shown.", left_out) }
if (lines < mtas) { note = note.sprintf("  %d lower queues are not shown.", mtas - lines) }

do for [kind in "svg png"] {
    if (kind eq "svg") { set terminal svg @canvas dynamic } else { set terminal pngcairo @canvas fontscale 0.75 }
    set output "queue.".kind
    set multiplot
    unset label
    unset arrow
    if (strips) {
        set tmargin at screen foot + row_height * strips
        set bmargin at screen foot
        set yrange [strips + .5:.5]
        set ytics () nomirror scale 0
        do for [i = 1:strips] { set ytics add (strip_label[i] i) }
        if (strips > 3) { set ytics font ",15" }
        unset ylabel
        set xtics () nomirror out
        do for [i = 0:ticks] { set xtics add (human(i * step) i * step) }
        set grid xtics noytics
        set key off
        plot $strips using 2:1:2:3:($1 - .38):($1 + .38):4 with boxxyerror linecolor rgb variable
    }
    set label 1 title_text at screen 0.5, screen 0.95 center font ",28"
    set label 2 note at screen 0.97, screen 0.03 right font ",15" textcolor rgb "#606060"
    if (highest < .5) {
        set label 3 sprintf("Next to nothing waits: %s messages at most, mean over runs.", amount(highest)) \
            at graph 0.5, graph 0.5 center textcolor rgb "#606060"
    }
    if (beside) {
        set key off
        do for [i = 1:lines] {
            y = 0.86 - (lines > 16 ? 0.7 / lines : 0.044) * (i - 1)
            set arrow i from screen 0.735, screen y to screen 0.77, screen y nohead linewidth 3 \
                linecolor rgb word(colours, (i - 1) % words(colours) + 1) dashtype 1 + (i - 1) / words(colours)
            set label 10 + i legend[i] at screen 0.78, screen y font ",15"
        }
    } else {
        set key at screen 0.96, screen 0.915 right top horizontal samplen 2
    }
    set tmargin at screen (beside ? 0.87 : 0.85)
    set bmargin at screen foot + (strips ? row_height * strips + 0.03 : 0)
    set yrange [0:top * 1.05]
    set ytics autofreq nomirror out scale 1 font ",18"
    set ylabel "messages that wait"
    set grid xtics ytics
    set xtics () nomirror out
    do for [i = 0:ticks] { set xtics add ((strips ? "" : human(i * step)) i * step) }
    set label 4 "time since the start" at screen (beside ? (left + 0.72) / 2 : (left + 0.96) / 2), screen 0.085 center
    if (bands) {
        plot for [i = 1:lines] $lines index i - 1 using 1:3:4 with filledcurves notitle \
                 fillcolor rgb word(colours, (i - 1) % words(colours) + 1) fillstyle transparent solid 0.25 noborder, \
             for [i = 1:lines] $lines index i - 1 using 1:2 with lines linewidth 3 \
                 linecolor rgb word(colours, (i - 1) % words(colours) + 1) title legend[i]
    } else {
        plot for [i = 1:lines] $lines index i - 1 using 1:2 with lines linewidth 3 \
                 linecolor rgb word(colours, (i - 1) % words(colours) + 1) dashtype 1 + (i - 1) / words(colours) \
                 title legend[i]
    }
    unset multiplot
    unset output
}
