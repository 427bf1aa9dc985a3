#!/bin/sh
# The failure scenarios are right, do what they expect, and docs/failures.md names each and shows what mxsim prints.
# Arguments: the path of mxsim, the source folder.
set -u
mxsim=$(realpath "$1")
cd "$2" || exit 1
page=docs/failures.md
set -- scenarios/failures/*.json
[ -f "$1" ] || { echo "no scenario found: is this the source folder?"; exit 1; }
[ -f $page ] || { echo "$page is missing"; exit 1; }
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
failed=0
fail() { echo "FAILED: $*"; failed=1; }

for file; do
    "$mxsim" check "$file" >"$out/check" 2>&1 || { fail "mxsim check $file"; cat "$out/check"; }
    for key in why ask expect; do
        grep -q "^  \"$key\": ." "$file" || fail "$file has no \"$key\""
    done
    grep -q "mxsim run $file\`" $page || fail "$page does not name $file"
done
grep -o 'scenarios/failures/[0-9a-z-]*\.json' $page | sort -u | while read -r file; do
    [ -f "$file" ] || echo "$file"
done >"$out/gone"
[ -s "$out/gone" ] && fail "$page names what is not there: $(cat "$out/gone")"

runs=100 # as many as the page shows
if grep -q __tsan_init "$mxsim"; then runs=20; fi # ThreadSanitizer is twenty times slower
for file; do
    "$mxsim" test "$file" -n $runs --quiet >"$out/test" 2>&1 || { fail "mxsim test $file -n $runs"; cat "$out/test"; }
done

# Each value of the table, such as `8.1 % [7.98 %, 8.22 %]`, is one that mxsim run prints.
if [ $runs = 100 ]; then
    for file; do
        "$mxsim" run "$file" --quiet 2>"$out/err" | tr -s ' ' >"$out/run" || fail "mxsim run $file: $(cat "$out/err")"
        grep "mxsim run $file\`" $page | grep -o '`[^`]*\]`' | tr -d '`' >"$out/values"
        [ -s "$out/values" ] || fail "$page shows no value of $file"
        missing=
        while read -r value; do
            grep -qF " $value" "$out/run" || missing="$missing \"$value\""
        done <"$out/values"
        [ -z "$missing" ] && continue
        fail "$page shows$missing for $file; mxsim run prints:"
        grep '\[' "$out/run" | sed 's/^/    /'
    done
fi
[ $failed = 0 ] || exit 1
echo "$# failure scenarios do what they say"
