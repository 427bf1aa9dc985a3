#!/bin/sh
# The command line: exit codes, messages, files, signals, full disks. Arguments: the path of mxsim, the source folder.
# Every check is made, so that one failure does not hide the next.
set -u
mxsim=$(realpath "$1") source=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
healthy=$source/scenarios/01-all-is-well.json
never_up=$source/scenarios/02b-dns-down-defer.json
flagship=$source/scenarios/04-backup-mx-holds-the-mail.json
cached=$source/scenarios/05-cached-until-ttl.json

. "$source/tests/cli/calls.sh"

# ---- help ----

call 0 --help
verbs=$(sed -n 's/^  mxsim \([a-z][a-z]*\) .*/\1/p' out)
that "mxsim --help lists no verbs" [ -n "$verbs" ]
call 0 --version
says '^mxsim [0-9][0-9]*\.[0-9][0-9]*\.[0-9][0-9]*$' out
for verb in $verbs; do
    call 0 "$verb" --help
    says "^usage: mxsim $verb" out
    example=$(sed -n '/^example:$/,$ s/^  mxsim //p' out)
    that "mxsim $verb --help has no example" [ -n "$example" ]
    # Not the many runs of run and test, too slow with sanitizers: are their files right?
    case $example in
    run*) example="check ${example#run }" example=${example% -n *} ;;
    test*) example="check ${example#test }" ;;
    compare* | sweep* | plan*) example="${example% -n *} -n 3" ;;
    esac
    that "the example of $verb fails: mxsim $example" \
        sh -c "cd '$source' && '$mxsim' $example >/dev/null 2>&1"
done

# ---- bad usage ----

refuses
refuses frobnicate
refuses --frobnicate
refuses run
refuses run "$healthy" "$healthy"
refuses run "$healthy" --frobnicate
refuses run "$healthy" --seed
for value in 0 -1 1.5 1e3 abc '' ' 7' 7x 1000000001 99999999999999999999; do refuses run "$healthy" -n "$value"; done
for value in -1 x 18446744073709551616; do refuses run "$healthy" --seed "$value"; done
for value in 0 -1 1025 x; do refuses run "$healthy" --threads "$value"; done
refuses run "$healthy" --format xml
refuses run "$healthy" --view everything
refuses test "$healthy" --view load
refuses run "$healthy" -o ''
refuses run "$healthy" --worst
refuses explain "$healthy" --run x
refuses explain "$healthy" --message 0
refuses explain "$healthy" --message 4000000000
refuses explain "$healthy" --worst --run 1
refuses explain "$healthy" --format csv
refuses explain "$healthy" --runs 2
refuses explain "$healthy" --format json --message 3999999
refuses check
refuses check -n 3 "$healthy"
refuses test
refuses test -o folder "$healthy"
refuses profiles nobody
refuses profiles postfix --format csv
refuses profiles postfix --format xml
refuses profiles postfix exim
refuses schedule
refuses schedule nobody
refuses schedule postfix --outage 6
refuses schedule postfix --outage soon

# ---- bad files: file:line:column in front of each message ----

mkdir folder
: >empty.json
printf '{"format": "mxsim-sc' >truncated.json
printf '{"format"\000\001\002\377}' >binary.json
printf '\377\376{\000}\000' >utf16.json
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "["; for (i = 0; i < 100000; i++) printf "]" }' >deep.json
head -c 5242880 /dev/zero | tr '\0' ' ' >big.json
printf '{\n  "format": "mxsim-scenario-1",\n  "nmae": "a slip"\n}\n' >slip.json
for file in missing.json folder empty.json truncated.json binary.json utf16.json deep.json big.json slip.json; do
    refuses run "$file"
    says "^$file:[0-9][0-9]*:[0-9][0-9]*: " err
done
refuses check slip.json
says '^slip.json:3:3: /nmae: .*did you mean "name"' err
refuses explain ./missing.json
refuses schedule ./missing.json
call 2 check "$healthy" slip.json empty.json
says "^$healthy: ok" out
says '^empty.json:1:1: ' err

# More of them than a world can hold is bad input, not a fault of ours.
for kind in ns mx; do
    awk -v kind=$kind 'function list(n, end,  i, text) {
            for (i = 1; i <= n; i++) text = text (i > 1 ? ", " : "") sprintf("\"h%d\"%s", i, end)
            return text
        }
        BEGIN { print "{\"format\": \"mxsim-scenario-1\", \"name\": \"many\", \"time\": {\"mail\": \"1m\"},"
                print "\"clients\": {\"a\": {\"to\": \"joe@example.com\", \"count\": 1}},"
                print "\"zones\": {\"example.com\": {\"ns\": [" (kind == "ns" ? list(80, "") : "\"n1\"") "],"
                print "\"mx\": {" (kind == "mx" ? list(80, ": 10") : "\"m1\": 10") "}}}}" }' >many-$kind.json
    timeout --foreground -s KILL "$limit" "$mxsim" run many-$kind.json -n 1 >out 2>err
    code=$?
    that "80 $kind: exit $code, an internal fault: $(head -c 400 err)" [ $code != 3 ]
done

# ---- output ----

call 0 run "$healthy" -n 2 --format json
that "$asked: something on stderr though it is no terminal" [ ! -s err ]
mv out file.json
"$mxsim" run - -n 2 --format json <"$healthy" >stdin.json 2>err
that "from standard input the result is another one" cmp -s file.json stdin.json
call 0 run "$healthy" -n 2 --format json --seed 1
that "the default seed is not 1, or the same seed gives other bytes" cmp -s file.json out
call 0 run "$healthy" -n 2 --format json --seed 18446744073709551615
says '"seed": "18446744073709551615"' out
sed 's/"seed": "[0-9]*"//' file.json >one
sed 's/"seed": "[0-9]*"//' out >other
that "another seed gives the same result" [ "$(cksum <one)" != "$(cksum <other)" ]
call 0 run "$healthy" -n 2 --format csv
says '^metric,unit,value,low,high,method$' out
says '^delivered_rate,share,1,' out

# view VIEW HEAD...: the heads of its sections, and no others.
view() {
    name=$1
    shift
    call 0 run "$healthy" -n 2 --view "$name"
    printf '%s\n' "$@" >heads
    grep '  95 % interval$' out | sed 's/  *95 % interval$//' >got
    that "$asked: other sections than expected: $(tr '\n' ';' <got)" cmp -s heads got
    says '^left out of the model:$' out
}
view load 'queues, mean over runs' 'loads, mean over runs'
says '^  sender: deliveries, 100 at a time$' out
says '^  sender: deliveries to example.com, 20 at a time$' out
view senders 'senders, of their own mail'
view destinations 'destinations, of the mail to them'
view dns 'questions to resolvers' 'resolvers' 'name servers, questions a run'
call 0 run "$healthy" -n 2
sed '$d' out >plain
call 0 run "$healthy" -n 2 --view summary
sed '$d' out >summary
that "--view summary is not the table without --view" cmp -s plain summary
call 0 run "$healthy" -n 2 --view all
says '^of all messages sent' out
says '^loads, mean over runs' out
says '^name servers, questions a run' out

# unwritable COMMAND...: its output goes nowhere, and it is to say so by its exit code.
unwritable() {
    "$mxsim" "$@" >/dev/full 2>err
    code=$?
    that "mxsim $* >/dev/full: exit $code, expected another than 0" [ $code != 0 ]
    "$mxsim" "$@" >&- 2>err
    code=$?
    that "mxsim $* >&-: exit $code, expected another than 0" [ $code != 0 ]
}
if [ -w /dev/full ]; then
    unwritable run "$healthy" -n 2
    unwritable run "$healthy" -n 2 --format json
    unwritable run "$healthy" -n 2 --format csv
    unwritable explain "$healthy"
    unwritable check "$healthy"
    unwritable test "$healthy" -n 2
    unwritable schedule postfix
    unwritable profiles postfix
    unwritable --version
    unwritable --help
    unwritable run --help
fi

# ---- the folder of -o ----

call 0 run "$flagship" -n 3 -o results --format json
for file in result.json metrics.csv spans.csv outcomes.csv queue.csv outages.csv latency.gp outcomes.gp queue.gp; do
    that "-o wrote no ${file##*/}" [ -s "results/${file##*/}" ]
done
that "-o left something half-written" [ -z "$(find results -name '*.part')" ]
that "result.json is not what --format json prints" cmp -s out results/result.json
call 0 run "$flagship" -n 3 -o again --threads 3
that "the same seed wrote other files: $(diff -rq results again)" diff -rq results again

# What cannot be written is found before the work: these runs would last for hours.
limit=20
: >file
listing=$(find . ! -name out ! -name err ! -name . -printf '%p %s %t\n' | sort)
sums=$(find results -type f -exec cksum {} +)
for folder in file file/x missing/x results; do
    refuses run "$flagship" -n 100000000 -o "$folder"
    says "$folder" err
done
that "a refused folder was written to" \
    [ "$listing" = "$(find . ! -name out ! -name err ! -name . -printf '%p %s %t\n' | sort)" ]
that "a result was overwritten" [ "$sums" = "$(find results -type f -exec cksum {} +)" ]
limit=100

# ---- Ctrl-C and kill: what was done is kept ----

# interrupted SIGNAL ARGUMENT...: the signal comes after two seconds, once; -k ends what does not heed it.
interrupted() {
    signal=$1
    shift
    asked="mxsim $* and SIG$signal"
    timeout --foreground --preserve-status -k 40 -s "$signal" 2 "$mxsim" "$@" >out 2>err
    code=$?
    that "$asked: exit $code, expected 130: $(head -c 400 err)" [ $code = 130 ]
    if grep -q Sanitizer err; then fail "$asked: $(cat err)"; fi
}
interrupted INT run "$flagship" -n 100000000 --threads 2 -o partial
says 'stopped after [0-9]* of 100000000 runs' err
says '^  delivered  *[0-9.]* %' out
that "no result.json after SIGINT" [ -s partial/result.json ]
says '"complete": false' partial/result.json
says "\"runs\": $(sed -n 's/.*stopped after \([0-9]*\) of.*/\1/p' err),$" partial/result.json
interrupted TERM test "$flagship" -n 100000000
interrupted INT explain "$flagship" -n 100000000 --worst

# ---- test ----

call 0 test "$healthy" -n 3
says '^  met ' out
sed 's/"delivered_rate": .*/"delivered_rate": { "at_most": 0.5 },/' "$healthy" >unmet.json
call 1 test unmet.json -n 3
says '^  NOT MET *delivered_rate at most 50 %: 100 %' out
call 2 test empty.json -n 3
call 1 test unmet.json "$healthy" -n 3
call 2 test unmet.json empty.json -n 3
call 2 test empty.json unmet.json -n 3

# ---- explain --worst tells of the message that result.json names, with the same latency ----

# seconds TIME: of a story's "1d 02:03:04.567".
seconds() { echo "$1" | awk '{ split($2, t, ":"); printf "%.3f", $1 * 86400 + t[1] * 3600 + t[2] * 60 + t[3] }'; }
call 0 run "$cached" -n 20 --format json
worst=$(sed -n 's/^  "worst": {"run": \([0-9]*\), "message": \([0-9]*\), "seconds": \([0-9.]*\)},$/\1 \2 \3/p' out)
call 0 explain "$cached" -n 20 --worst
# shellcheck disable=SC2086 # three words
set -- $worst
that "$asked: result.json names no worst message" [ $# = 3 ]
says "message ${2-} of run ${1-}, seed 1$" out
sent=$(seconds "$(sed -n 's/^\([0-9]*d [0-9:.]*\)  .* hands the message to .*/\1/p' out | head -1)")
came=$(seconds "$(sed -n 's/^\([0-9]*d [0-9:.]*\)  .*: delivered (.*/\1/p' out)")
that "$asked: $sent to $came, but result.json says ${3-} s" \
    awk "BEGIN { d = $came - $sent - ${3-0}; exit !(d < 0.0011 && d > -0.0011) }"

call 0 run "$never_up" -n 2 --format json
bounce=$(sed -n 's/^  "first_bounce": {"run": \([0-9]*\), "message": \([0-9]*\)},$/message \2 of run \1,/p' out)
call 0 explain "$never_up" -n 2 --worst
that "result.json names no bounce" [ -n "$bounce" ]
says "the first message that bounced in 2 runs: $bounce" out
says 'reads the bounce' out

# ---- explain --format json: a record a line, the same message as the story and as result.json ----

call 0 explain "$cached" -n 20 --worst --format json
that "$asked: not a JSON object a line" python3 -c 'import json, sys
records = [json.loads(line) for line in open("out")]
run, message, seconds = sys.argv[1:]
sent = next(r for r in records if r["type"] == "submitted")
came = next(r for r in records if r["type"] == "delivered" and r["about"] == "message")
assert all(r["run"] == int(run) and r.get("message", int(message)) == int(message) for r in records)
assert sent["to"].count("@") == 1 and abs(came["span"] - float(seconds)) < 1e-5
assert abs(came["at"] - sent["at"] - came["span"]) < 1e-6
times = [r["at"] for r in records]
assert times == sorted(times)' "${1-}" "${2-}" "${3-}"
call 0 explain "$flagship" --format json --run 3 --runs 2
that "$asked: not what the totals of those runs say" python3 -c 'import json
records = [json.loads(line) for line in open("out")]
assert {r["run"] for r in records} == {3, 4}
def count(kind):
    return sum(r["type"] == kind and r.get("about") == "message" for r in records)
assert count("submitted") == count("delivered") + count("bounced") + count("left") > 0
assert count("relayed") > 0 and count("warned") > 0 and sum("message" not in r for r in records) > 0'
mv out all.json
call 0 explain "$flagship" --format json --run 3 --message 9
grep '"run": 3,.*"message": 9,' all.json >of-nine
grep '"message": 9,' out >other
that "$asked: message 9 has other records when it is asked for alone" cmp -s of-nine other

# ---- schedule: when Postfix tries ----

# Derived by hand from Postfix 3.12-20260821, src/qmgr/qmgr_active.c (the next attempt waits as long as the message is
# old, within minimal_backoff_time 300 s and maximal_backoff_time 4000 s, then for the next queue scan, each 300 s:
# 4200 s at most), and src/global/mail_params.h (returned at the first attempt at or after 432000 s).
(printf '%s\n' 0 300 600 1200 2400 4800; seq 9000 4200 433200) >derived
call 0 schedule postfix
sed -n 's/^ *[0-9]*  [0-9]*d [0-9:]* *\([0-9]*\) s .*/\1/p' out >told
that "$asked: not the derived timetable: $(diff derived told | head -4)" cmp -s derived told
says '^ *108 .* 433200 s .*returned to the sender$' out
call 0 schedule postfix --outage 6h
says '0d 06:00:00 to 0d 07:09:59 after it was sent' out
says 'not warned: this MTA warns never' out
call 0 schedule classic --outage 6h
says 'warned of the delay at 0d 04:00:00' out
call 0 schedule postfix --outage 6d
says 'it bounces' out
call 0 schedule "$flagship"
says '^sender: ' out
says '^mx2: ' out
call 0 profiles
profiles=$(sed -n 's/^  \([a-z][a-z0-9-]*\) .*/\1/p' out)
that "mxsim profiles lists too few" [ "$(echo "$profiles" | wc -w)" -ge 21 ]
for profile in $profiles; do
    call 0 profiles "$profile"
    says "^$profile: " out
    case $profile in
    unbound | bind | pdns | knot | textbook | nsd) refuses schedule "$profile" ;;
    *)
        call 0 schedule "$profile"
        says '^ *1  0d 00:00:00  *0 s' out
        says 'returned to the sender$' out
        call 0 schedule "$profile" --outage 1h
        says 'delivered at' out
        ;;
    esac
done
# Derived by hand from Exim src/src/retry.c: tests/models/test_timetable.c.
call 0 schedule exim
says '^ *25 .* 347400 s .*returned to the sender$' out
# Four days to the second, between two attempts.
call 0 schedule opensmtpd
says '^ *30  .* 336400 s .*4d 00:00:00  returned to the sender$' out

# ---- ends of the world ----

# Nothing is ever delivered.
cat >nobody.json <<'JSON'
{ "format": "mxsim-scenario-1", "name": "nobody is there", "time": { "mail": "1h", "limit": "6d" },
  "clients": { "staff": { "to": "joe@example.com", "count": 3 } },
  "mtas": { "sender": "postfix" },
  "zones": { "example.com": { "ns": ["ns1"], "mx": { "mx1": 10 } } },
  "faults": [ { "on": "mx1", "is": "refusing" } ] }
JSON
call 0 run nobody.json -n 3
says '^  bounced  *100 %' out
call 0 run nobody.json -n 3 --format json -o nobody
says '"totals": {"submitted": 9, "delivered": 0, "bounced": 9, "queued": 0,' out
says '^  "worst": null,$' out
says '"latency.p50": {"value": null, "low": null, "high": null,' out
# It tries for ever: the run stops at its limit, and the mail is still queued.
sed 's/"sender": "postfix"/"sender": { "profile": "rfc5321", "retry_gaps": ["1h"], "maximal_queue_lifetime": "36500d" }/' \
    nobody.json >for-ever.json
call 0 run for-ever.json -n 3
says '^  still queued at the end  *100 %' out
call 0 explain for-ever.json
says 'still has it when the run ends' out
refuses explain for-ever.json --worst
# One run says nothing of spread; no mail at all is no share of anything.
call 0 run "$healthy" -n 1
sed 's/"count": 3/"every": "1h", "at": "59m"/; s/"mail": "1h"/"mail": "59m1s"/' nobody.json >one.json
call 0 run one.json -n 1
sed 's/"count": 3/"rate": "1\/d"/; s/"mail": "1h"/"mail": "1s"/' nobody.json >hardly.json
call 0 run hardly.json -n 1 --format json
says '"delivered_rate": {"value": null' out

finish
