#!/bin/sh
# The same scenario and seed must give the same bytes for any number of threads, built by gcc or by clang.
set -eu
mxsim=$1 source=$2
clang=$source/build/release-clang/cli/mxsim
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

results_of() { # MXSIM NAME
    for threads in 1 2 3 8; do
        "$1" run "$source/scenarios/04-backup-mx-holds-the-mail.json" -n 200 --format json --threads $threads >"$work/$2-$threads.json"
        cmp "$work/mxsim-1.json" "$work/$2-$threads.json" || {
            diff "$work/mxsim-1.json" "$work/$2-$threads.json" | head -20
            exit 1
        }
    done
}

results_of "$mxsim" mxsim
[ -s "$work/mxsim-1.json" ] || { echo "mxsim printed nothing"; exit 1; }
[ -x "$clang" ] || { echo "same bytes for 1, 2, 3 and 8 threads, but build/release-clang is not built: nothing to compare with"; exit 77; }
cd "$source"
newer=$(find sim models scenarios cli -name '*.[ch]' -newer "$clang" | head -1)
[ -z "$newer" ] || { echo "same bytes for 1, 2, 3 and 8 threads, but build/release-clang is older than $newer"; exit 77; }
results_of "$clang" clang
echo "same bytes from both builds"
