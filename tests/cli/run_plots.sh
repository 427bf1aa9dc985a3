#!/bin/sh
# The pictures: `run -o` writes the scripts of plots/ byte for byte, and gnuplot draws each of them for each scenario
# without a word. Twice the same bytes.
set -eu
mxsim=$1 source=$2
LC_ALL=C.UTF-8 # gnuplot warns where it cannot write a degree sign
export LC_ALL
command -v gnuplot >/dev/null || { echo "gnuplot is not installed: nothing is drawn"; exit 77; }
printf 'set terminal pngcairo\n' | gnuplot >/dev/null 2>&1 || { echo "this gnuplot has no terminal pngcairo"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
    echo "$1"
    failures=$((failures + 1))
}

draw() { # FOLDER SCRIPT
    (cd "$1" && gnuplot "$2.gp") >"$work/said" 2>&1 || fail "$1: gnuplot $2.gp fails"
    [ ! -s "$work/said" ] || { fail "$1: gnuplot $2.gp says:"; cat "$work/said"; }
    for picture in "$2.svg" "$2.png"; do
        [ -s "$1/$picture" ] || fail "$1: no $picture"
    done
}

simulate() { # SCENARIO RUNS FOLDER
    "$mxsim" run "$1" -n "$2" -o "$3" >/dev/null
    for name in latency outcomes queue; do
        script=$source/plots/$name.gp
        cmp "$script" "$3/$name.gp" || fail "$name.gp is not what the program was built with"
        draw "$3" "$name"
    done
}

# Names with everything that CSV, gnuplot, SVG or a shell could trip over; more queues than there are colours.
odd_scenario() {
    cat <<'END'
{
  "format": "mxsim-scenario-1",
  "name": "Odd names",
  "time": { "mail": "3h", "limit": "6d" },
  "clients": {
    "c1": { "via": "a \"quoted\", name", "to": "joe@example.com", "rate": "30/h" },
    "c2": { "via": "semi;colon [x] {y}", "to": "joe@example.com", "rate": "30/h" },
    "c3": { "via": "back\\slash \\n %d %s", "to": "joe@example.com", "rate": "30/h" },
    "c4": { "via": "# <b>&amp; é", "to": "joe@example.com", "rate": "30/h" },
    "c5": { "via": "it's under_score ^caret @at", "to": "joe@example.com", "rate": "30/h" },
    "c6": { "via": "\"", "to": "joe@example.com", "rate": "30/h" },
    "c7": { "via": "?? a long name that will not fit beside any picture", "to": "joe@example.com", "rate": "30/h" }
  },
  "mtas": {
    "a \"quoted\", name": {}, "semi;colon [x] {y}": {}, "back\\slash \\n %d %s": {}, "# <b>&amp; é": {},
    "it's under_score ^caret @at": {}, "\"": {}, "?? a long name that will not fit beside any picture": {}
  },
  "zones": { "example.com": { "ns": ["ns1"], "ttl": "1h", "mx": { "mx1": 10 } } },
  "faults": [
    { "on": "mx1", "is": "refusing", "from": "1h", "for": { "exponential": "1d" } },
    { "on": "mx1", "is": "refusing", "from": "3d", "for": "1h" },
    { "on": "a \"quoted\", name", "is": "silent", "from": "0s", "for": "1h" }
  ]
}
END
}

for scenario in "$source"/scenarios/0*.json; do
    simulate "$scenario" 20 "$work/$(basename "$scenario" .json)"
done
simulate "$source/scenarios/02a-dns-down-bounce.json" 1 "$work/nothing delivered in one run"
simulate "$source/scenarios/04-backup-mx-holds-the-mail.json" 1 "$work/one run"
odd_scenario >"$work/odd.json"
simulate "$work/odd.json" 5 "$work/odd"
for name in 'a &quot;quoted&quot;, name\|a "quoted", name' 'semi;colon \[x\]' 'back\\slash'; do
    grep -q "$name" "$work/odd/queue.svg" || fail "queue.svg of odd names has no $name"
done

twice=$work/04-backup-mx-holds-the-mail
"$mxsim" sweep "$source/scenarios/04-backup-mx-holds-the-mail.json" -n 5 -o "$twice-sweep" >/dev/null \
    --vary faults.1.for.exponential=1h..4d:log:20 --vary 'mtas.sender={"profile": "postfix", "resolver": "office"},exim' \
    --show bounce_rate,latency.mean,queries,bounce.p50
cmp "$source/plots/sweep.gp" "$twice-sweep/sweep.gp" || fail "sweep.gp is not what the program was built with"
draw "$twice-sweep" sweep
mv "$twice-sweep"/* "$twice"

for script in "$source"/plots/*.gp; do
    name=$(basename "$script" .gp)
    mv "$twice/$name.svg" "$work/first.svg"
    mv "$twice/$name.png" "$work/first.png"
    draw "$twice" "$name"
    cmp "$work/first.svg" "$twice/$name.svg" || fail "$name.svg differs the second time"
    cmp "$work/first.png" "$twice/$name.png" || fail "$name.png differs the second time"
    if grep -n "system\|\`\|[\"']/" "$script"; then fail "$name.gp leaves its folder"; fi
done

[ "$failures" = 0 ] || { echo "$failures failures"; exit 1; }
echo "every picture of every scenario is drawn"
