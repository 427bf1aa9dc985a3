# What became of the mail: gnuplot outcomes.gp reads outcomes.csv here and writes outcomes.svg and outcomes.png.
# Yours to change:
most = 7 # rows of bounces; the rarest beyond that are summed up in one
tiny = 0.01 # a share below this asks for the second, logarithmic panel
canvas = "size 1200,700 background '#ffffff' noenhanced font 'sans-serif,18'"
title_text = "What became of the mail"
colour_of(outcome) = outcome eq "delivered on first try" ? "#009E73" : outcome eq "delivered later" ? "#56B4E9" : \
    outcome eq "bounced" ? "#D55E00" : outcome eq "still queued" ? "#999999" : "#E69F00"
in_words(cause) = cause eq "dns_timeout" ? "the name service did not answer in time" : \
    cause eq "dns_servfail" ? "the name service answered SERVFAIL" : \
    cause eq "dns_nxdomain" ? "DNS says that the domain does not exist" : \
    cause eq "dns_nodata" ? "the domain has neither MX nor address" : \
    cause eq "null_mx" ? "the domain takes no mail (null MX)" : \
    cause eq "mx_no_address" ? "no MX host has an address" : \
    cause eq "mx_loop" ? "mail loops back to myself" : \
    cause eq "connect_refused" ? "connection refused" : \
    cause eq "connect_timeout" ? "connection timed out" : \
    cause eq "session_lost" ? "the session was lost" : \
    cause eq "host_busy" ? "the host is too busy" : \
    cause eq "tempfail" ? "the host put the recipient off" : \
    cause eq "rejected" ? "the host refused the recipient by policy" : \
    cause eq "user_unknown" ? "no such mailbox" : cause

reset
set encoding utf8
short(name, most) = strlen(name) > most ? name[1:most - 1]."…" : name
digits(gap) = gap > 0 && gap < 1 ? 3 + int(ceil(-log10(gap))) : 3
bare(share) = sprintf(sprintf("%%.%dg", digits(100 - 100. * share)), 100. * share)
percent(share) = bare(share)." %"
# Of gnuplot's own, "1e-05" + 0. is an error.
number(s) = strstrt(s, "e") && !strstrt(s, ".") ? s[1:strstrt(s, "e") - 1].".0".s[strstrt(s, "e"):] + 0. : s + 0.

# Reads file into cell[1..cells], row by row. Byte by byte, since gnuplot's own reader of CSV cuts a quoted name at a
# comma.
file = "outcomes.csv"
cells = 0
stats file binary format="%uchar" using (cells = cells + ($1 == 44 || $1 == 10), 0) nooutput
array cell[cells]
cells = 0; so_far = ""; quoted = 0; last = 0
stats file binary format="%uchar" using ( \
    $1 == 34 ? (quoted = !quoted, so_far = quoted && last == 34 ? so_far.'"' : so_far) : \
    !quoted && ($1 == 44 || $1 == 10) ? (cells = cells + 1, cell[cells] = so_far, so_far = "") : \
    (so_far = so_far.sprintf("%c", $1)), last = $1, 0) nooutput
columns = 7 # outcome, mta, cause, status, share, low, high
found = cells / columns - 1
at(row, column) = cell[row * columns + column]

# The rows to show: deliveries first, then bounces by size, what is still queued last.
is_bounce(row) = at(row, 1)[1:7] eq "bounced"
array order[found]
shown = 0
bounces = 0
do for [row = 1:found] {
    if (!is_bounce(row) && at(row, 1) ne "still queued") { shown = shown + 1; order[shown] = row }
}
array used[found]
do for [row = 1:found] { used[row] = !is_bounce(row); bounces = bounces + is_bounce(row) }
single = bounces > most ? most - 1 : bounces
do for [i = 1:single] {
    best = 0
    do for [row = 1:found] {
        if (!used[row] && (best == 0 || number(at(row, 5)) > number(at(best, 5)))) { best = row }
    }
    used[best] = 1
    shown = shown + 1
    order[shown] = best
}
others = 0.
do for [row = 1:found] { if (!used[row]) { others = others + number(at(row, 5)) } }
if (bounces > single) { shown = shown + 1; order[shown] = 0 }
do for [row = 1:found] { if (at(row, 1) eq "still queued") { shown = shown + 1; order[shown] = row } }

# Their data and words. A share without an interval (-1) has no whisker.
has_range = 0
array above[shown]
array below[shown]
array value[shown]
array range[shown]
set print $bars
least = 1.
panels = 1
do for [i = 1:shown] {
    row = order[i]
    share = row ? at(row, 5) : sprintf("%.10g", others)
    low = row ? at(row, 6) : ""
    high = row ? at(row, 7) : ""
    outcome = row ? at(row, 1) : "bounced"
    if (strlen(share)) {
        colour = int(sprintf("0x%s", colour_of(outcome)[2:7]) + 0)
        print sprintf("%d %s %s %s %d", -i, share, strlen(low) ? low : "-1", strlen(high) ? high : "-1", colour)
        if (number(share) > 0 && number(share) < tiny) { panels = 2 }
        do for [x in share." ".low." ".high] { if (number(x) > 0 && number(x) < least) { least = number(x) } }
    }
    if (strlen(low)) { has_range = 1 }
    above[i] = row == 0 ? sprintf("bounced, %d more ways", bounces - single) : \
        !is_bounce(row) ? outcome : "bounced by ".short(at(row, 2), 16).(outcome[8:8] eq ":" ? ", ".outcome[10:] : "")
    below[i] = row == 0 ? "" : is_bounce(row) ? in_words(at(row, 3))." (".at(row, 4).")" : ""
    value[i] = strlen(share) ? percent(number(share)) : "no mail"
    range[i] = strlen(low) ? bare(number(low))." … ".percent(number(high)) : ""
}
set print

# From top to bottom: title, panel (or two side by side), axis, note. Few rows stand apart no wider than five would.
rows = shown > 5 ? shown : 5
lift = shown > 6 ? 0.026 * shown : 0.18 * shown / rows
half = shown > 5 ? 0.3 : 0.06 * shown
set style fill solid noborder
set bars 0.6
set key off
set border 3 linecolor rgb "#404040"
unset ytics
set yrange [-shown - 0.6:-0.4]
set tmargin at screen 0.87
set bmargin at screen 0.185
set grid xtics linetype 1 linecolor rgb "#d8d8d8" linewidth 1
floor_of(x) = 10 ** floor(log10(x))
log_from = floor_of(least * 0.999)
if (log_from < 1e-8) { log_from = 1e-8 }

do for [kind in "svg png"] {
    if (kind eq "svg") { set terminal svg @canvas dynamic } else { set terminal pngcairo @canvas fontscale 0.75 }
    set output "outcomes.".kind
    set multiplot
    unset label
    if (panels == 2) {
        set lmargin at screen 0.665
        set rmargin at screen 0.825
        set logscale x
        set xrange [log_from:1]
        if (log_from >= 1e-4) { set xtics ("0.01 %%" 1e-4, "1 %%" .01, "100 %%" 1) nomirror out } \
        else { set xtics ("0.000001 %%" 1e-8, "0.001 %%" 1e-5, "100 %%" 1) nomirror out }
        plot $bars using ($3 < 0 ? NaN : $2):1:($3 > log_from ? $3 : log_from):4 with xerrorbars pointtype -1 \
                 linewidth 2 linecolor rgb "#202020", \
             $bars using 2:1:5 with points pointtype 7 pointsize 1.6 linecolor rgb variable
        unset logscale
    }
    set label 1 title_text at screen 0.5, screen 0.95 center font ",28"
    set label 2 (has_range ? "Whiskers and ranges: 95 % interval over runs." : "One run: no intervals.") \
        at screen 0.97, screen 0.03 right font ",15" textcolor rgb "#606060"
    do for [i = 1:shown] {
        set label 10 * i above[i] at screen 0.395, first -i + (strlen(below[i]) ? lift : 0) right
        set label 10 * i + 1 below[i] at screen 0.395, first -i - lift right font ",15" textcolor rgb "#606060"
        set label 10 * i + 2 value[i] at screen 0.855, first -i + (strlen(range[i]) ? lift : 0) left
        set label 10 * i + 3 range[i] at screen 0.855, first -i - lift left font ",15" textcolor rgb "#606060"
    }
    set lmargin at screen 0.41
    set rmargin at screen (panels == 2 ? 0.59 : 0.825)
    set xrange [0:1]
    set xtics ("0 %%" 0, "20 %%" .2, "40 %%" .4, "60 %%" .6, "80 %%" .8, "100 %%" 1) nomirror out
    if (panels == 2) { set xtics ("0 %%" 0, "50 %%" .5, "100 %%" 1) }
    set label 3 "share of all messages sent" at graph 0.5, screen 0.085 center
    if (panels == 2) { set label 4 "the same, logarithmic" at screen 0.745, screen 0.085 center }
    plot $bars using 2:1:(0):2:($1 - half):($1 + half):5 with boxxyerror linecolor rgb variable, \
         $bars using ($3 < 0 ? NaN : $2):1:3:4 with xerrorbars pointtype -1 linewidth 2 linecolor rgb "#202020"
    unset multiplot
    unset output
}
