# tests/cli/calls.sh - for the scripts here: mxsim is called, and what it says and how it exits is checked. Every check is
# made, so that one failure does not hide the next. Needs $mxsim; works in the present folder.

failures=0 checks=0
fail() {
    failures=$((failures + 1))
    echo "FAILED: $*"
}
# that WORDS COMMAND...: the command is to succeed.
that() {
    words=$1
    shift
    checks=$((checks + 1))
    "$@" || fail "$words"
}
# call CODE ARGUMENT...: mxsim's output lies in out and err; it is to exit with CODE, within $limit seconds.
limit=100
call() {
    want=$1
    shift
    asked="mxsim $*"
    timeout --foreground -s KILL "$limit" "$mxsim" "$@" >out 2>err </dev/null
    got=$?
    that "$asked: exit $got, expected $want: $(head -c 400 err)" [ $got = "$want" ]
    if grep -q 'Sanitizer\|runtime error:' err; then fail "$asked: $(grep 'Sanitizer\|runtime error:' err)"; fi
}
says() { that "$asked: \"$1\" is missing in $2" grep -q -e "$1" "$2"; }
# refuses ARGUMENT...: bad usage or bad input: exit 2, a message, and nothing on standard output.
refuses() {
    call 2 "$@"
    that "$asked: no message" [ -s err ]
    that "$asked: output beside the message" [ ! -s out ]
}
# finish: the script's last line.
finish() {
    echo "$checks checks, $failures failed"
    [ $failures = 0 ]
}
