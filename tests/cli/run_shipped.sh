#!/bin/sh
# Every scenario that is shipped is right, and does what its "expect" block says.
# Arguments: the path of mxsim, the source folder.
set -u
mxsim=$(realpath "$1")
cd "$2" || exit 1
# The schema lies beside them and is none.
set -- scenarios/[0-9]*.json
[ -f "$1" ] || { echo "no scenario found: is this the source folder?"; exit 1; }
"$mxsim" check "$@" || exit 1
for file; do
    grep -q '"expect"' "$file" || { echo "$file expects nothing"; exit 1; }
done
runs=200
if grep -q __tsan_init "$mxsim"; then runs=20; fi # ThreadSanitizer is twenty times slower
"$mxsim" test "$@" -n $runs || exit 1
echo "$# scenarios do what they say"
