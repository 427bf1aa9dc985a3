#!/bin/sh
# compare and sweep: what they print, bad input, interruption and --resume. Arguments: the path of mxsim, the source
# folder.
set -u
mxsim=$(realpath "$1") source=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
. "$source/tests/cli/calls.sh"
flagship=$source/scenarios/04-backup-mx-holds-the-mail.json
cached=$source/scenarios/05-cached-until-ttl.json
ttl=zones.example.com.ttl

# ---- --set ----

call 0 run "$flagship" -n 2 --set "$ttl=5m" --format json
mv out five.json
call 0 run "$flagship" -n 2 --set "$ttl=1d" --set "$ttl=5m" --format json
that "$asked: the last one does not hold" cmp -s out five.json
call 0 check "$flagship" --set "$ttl=5m; mtas.sender.profile=exim"
refuses run "$flagship" -n 2 --set "$ttl=soon"
says "$ttl=soon: /zones/example.com/ttl: " err
refuses run "$flagship" -n 2 --set zones.example.com.tll=5m
says 'did you mean "ttl"' err
says '"negative_ttl"' err
refuses run "$flagship" -n 2 --set mtas.sender.maximal_backof_time=1h
says 'did you mean "maximal_backoff_time"' err
refuses run "$flagship" -n 2 --set "$ttl"
refuses run "$flagship" -n 2 --set =5m
refuses run "$flagship" -n 2 --set mtas.sender.maximal_backoff_time=7
refuses run "$flagship" -n 2 --set 'faults.7.for=1h'

# ---- compare ----

call 0 compare "$cached" --set "$ttl=1d" -n 20
says '^  A  *as it is$' out
says "^  B  *$ttl=1d$" out
says '^bounce_rate: ' out
says '^in words, against A:$' out
says '^left out of the model:$' out
call 0 compare "$cached" --vary "$ttl=5m,1h,1d" -n 20 --format json
python3 -c '
import json
result = json.load(open("out"))
assert result["format"] == "mxsim-compare-1" and result["complete"]
assert [v["label"][-2:] for v in result["variants"]] == ["5m", "1h", "1d"]
assert len(result["differences"]) == 2
for d, v in zip(result["differences"], result["variants"][1:]):
    for name, m in d["metrics"].items():
        a, b = (result["variants"][0]["metrics"][name], v["metrics"][name])
        if m["value"] is None:
            continue
        assert abs(m["value"] - (b["value"] - a["value"])) <= 1e-6 * (abs(a["value"]) + abs(b["value"])), name
        assert m["low"] is None or m["low"] <= m["value"] <= m["high"], name' || fail "$asked: not as it should be"
mv out three.json
for threads in 1 3; do
    call 0 compare "$cached" --vary "$ttl=5m,1h,1d" -n 20 --format json --threads $threads
    that "$asked: other bytes" cmp -s out three.json
done
# Each variant's own numbers are those that run prints.
call 0 run "$cached" -n 20 --set "$ttl=1d" --format csv
grep '^latency.mean,' out | cut -d, -f3-5 >alone
call 0 compare "$cached" --set "$ttl=1d" -n 20 --format csv
sed -n 's/^B,[^,]*,latency.mean,seconds,\([^,]*,[^,]*,[^,]*\),.*/\1/p' out >beside
that "$asked: other numbers than run's: $(cat alone beside)" cmp -s alone beside
call 0 compare "$cached" --set 'faults.0={"on": "example.com", "is": "nxdomain", "from": "0s", "for": "30d"}' -n 20
says 'With B, more messages bounce, by 100 % of all mail \[' out
says 'With B, no mail is delivered' out
call 0 compare "$flagship" "$cached" -n 5 -o folder
that "$asked: no compare.json" [ -s folder/compare.json ]
refuses compare "$flagship" "$cached" -n 5 -o folder
refuses compare "$cached" -n 5
refuses compare "$cached" missing.json
refuses compare "$cached" --set "$ttl=x"

# ---- sweep ----

call 0 sweep "$cached" --vary "$ttl=5m,1h,1d" --vary 'faults.0.for=10m..2h:log:3' -n 10 -o all
says "^$ttl  *faults.0.for  *bounce_rate" out
that "$asked: not nine cells" [ "$(grep -c '^\(5m\|1h\|1d\) ' out)" = 9 ]
for file in sweep.json sweep.csv sweep.gp curves.gp; do that "$asked: no $file" [ -s all/$file ]; done
that "$asked: a journal is left" [ ! -e all/sweep.journal ]
that "$asked: not all metrics of all cells" [ "$(wc -l <all/sweep.csv)" = $((1 + 9 * $(grep -c '^0,' all/sweep.csv))) ]
if command -v gnuplot >/dev/null; then
    (cd all && gnuplot sweep.gp) >said 2>&1 || fail "sweep.gp fails: $(head -3 said)"
    that "sweep.gp says: $(head -3 said)" [ ! -s said ]
    that "sweep.gp draws nothing" [ -s all/sweep.svg ]
fi
refuses sweep "$cached" --vary "$ttl=5m,1h,1d" -n 10 -o all
for threads in 1 3; do
    call 0 sweep "$cached" --vary "$ttl=5m,1h,1d" --vary 'faults.0.for=10m..2h:log:3' -n 10 --threads $threads --format json
    that "$asked: other bytes" cmp -s out all/sweep.json
done
# A cell is what run says of it.
call 0 run "$cached" -n 10 --set "$ttl=1h" --set faults.0.for=2h --format json
grep -m1 '"latency.mean": {"value"' out | sed 's/.*"value": \([0-9.e+-]*\),.*/\1/' >alone
grep '^5,1h,2h,10,latency.mean,' all/sweep.csv | cut -d, -f7 >cell
that "a cell differs from run: $(cat alone cell)" cmp -s alone cell

refuses sweep "$cached" -n 10
refuses sweep "$cached" --vary "$ttl" -n 10
refuses sweep "$cached" --vary "$ttl=7d..1h:log:8" -n 10
says 'inverted range' err
refuses sweep "$cached" --vary "$ttl=1h..1h:8" -n 10
says 'empty range' err
refuses sweep "$cached" --vary "$ttl=5m,5m" -n 10
refuses sweep "$cached" --vary "$ttl=5m" --vary "$ttl=1h" -n 10
refuses sweep "$cached" --vary "$ttl=5m,1h" --vary /zones/example.com/ttl=1d,2d -n 10
says 'changes nothing' err
refuses sweep "$cached" --vary "$ttl=5m,soon,-1h" -n 10
that "$asked: not both mistakes: $(cat err)" [ "$(grep -c '/zones/example.com/ttl: ' err)" = 2 ]
refuses sweep "$cached" --vary 'zones.example.com.tll=5m' -n 10
refuses sweep "$cached" --vary "$ttl=5m,1h" -n 10 --show bounce_rat
says 'did you mean "bounce_rate"' err
refuses sweep "$cached" --vary "$ttl=1s..100000s:1000" --vary 'faults.0.for=1s..100000s:1000' -n 10
says '1000000 cells, .*--yes' err
refuses sweep "$cached" --vary "$ttl=1s..100000s:1001" --vary 'faults.0.for=1s..100000s:1000' -n 10 --yes
refuses sweep "$cached" --vary "$ttl=5m,1h" -n 10 --resume

call 0 sweep "$cached" --vary "$ttl=1m..1h:log:8" -n 2
refuses sweep "$cached" --vary "$ttl=1..1000" -n 2
that "$asked: too many mistakes told" [ "$(wc -l <err)" -le 21 ]
refuses run "$cached" --precision latency.men=5% -o none
that "$asked: a folder is made" [ ! -e none ]
refuses run "$cached" --steady --precision latency.mean=5%
refuses compare "$cached" --vary "$ttl=5m,1h,1d" --set nothing
that "$asked: told more than once" [ "$(wc -l <err)" = 1 ]
call 0 compare "$cached" --vary "$ttl=1h,60m" -n 3
says 'as late on average: no run differs' out
# The longer a cache lasts, the sooner the mail comes: the words must say so, and of whom.
call 0 compare "$cached" --vary "$ttl=5m,1d" -n 40
says 'With B, the mail comes .* sooner on average' out
call 0 compare "$cached" --vary "$ttl=1d,5m" -n 40
says 'With B, the mail comes .* later on average' out

# Good alone, not together.
refuses sweep "$flagship" --vary mtas.sender.minimal_backoff_time=5m,1h --vary mtas.sender.maximal_backoff_time=2h,30m -n 2
says 'that is the cell mtas.sender.minimal_backoff_time=1h, mtas.sender.maximal_backoff_time=30m' err

# With --precision each cell has the runs that run takes for it; a star is where they are not enough.
call 0 run "$cached" --set "$ttl=1h" --precision latency.mean=3% -n 300 --format json
runs=$(sed -n 's/^  "runs": \([0-9]*\),.*/\1/p' out)
that "$asked: as many runs as without --precision: $runs" [ "$runs" -lt 300 ]
call 0 sweep "$cached" --vary "$ttl=1h" --precision latency.mean=3% -n 300 --format csv
says "^0,1h,$runs,latency.mean," out
call 0 sweep "$cached" --vary "$ttl=1h,2h" --precision latency.mean=1% -n 5 --format json
that "$asked: precise without reason" [ "$(grep -c '"precise": false' out)" = 2 ]

# gnuplot gives what stands between backquotes to a shell.
sed 's/"name": "/&`touch ran`/' "$cached" >backquotes.json
call 0 sweep backquotes.json --vary "$ttl=5m,1h" -n 2 -o quotes
that "a backquote is left in curves.gp" sh -c '! grep -q "\`" quotes/curves.gp'

# A sweep that was killed before its journal had a line goes on, too.
mkdir young && : >young/sweep.journal
call 0 sweep "$cached" --vary "$ttl=5m,1h" -n 2 -o young --resume

# Interrupted, and resumed: the same bytes as in one go.
vary='faults.0.for=10m..2h:log:40'
runs=400
if grep -q __tsan_init "$mxsim"; then runs=40; fi # ThreadSanitizer is twenty times slower
call 0 sweep "$cached" --vary "$vary" -n $runs -o whole
"$mxsim" sweep "$cached" --vary "$vary" -n $runs -o parts >out 2>err </dev/null &
victim=$!
for _ in $(seq 200); do
    [ "$(wc -l 2>/dev/null <parts/sweep.journal || echo 0)" -ge 4 ] && break
    sleep 0.05
done
kill -TERM $victim 2>/dev/null
wait $victim
code=$?
if [ $code = 0 ]; then
    echo "the sweep was done before it could be interrupted"
else
    that "an interrupted sweep: exit $code" [ $code = 130 ]
    asked="an interrupted sweep"
    says 'stopped after [0-9]* of 40 cells' err
    refuses sweep "$cached" --vary "$vary" -n $runs -o parts
    says 'resume' err
    refuses sweep "$cached" --vary "$vary" -n $((runs + 1)) -o parts --resume
    says 'another sweep' err
    refuses sweep "$cached" --vary "$vary" -n $runs -o parts --resume --seed 2
    refuses sweep "$cached" --vary "$vary" -n $runs -o parts --resume --set "$ttl=1h"
    printf '39 00' >>parts/sweep.journal # a line that was cut off by a crash
    call 0 sweep "$cached" --vary "$vary" -n $runs -o parts --resume
    for file in sweep.json sweep.csv curves.gp; do that "resumed: another $file" cmp -s whole/$file parts/$file; done
fi

finish
