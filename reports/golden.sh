#!/bin/sh
# Makes the golden reports anew: golden.sh FOLDER (`make golden`: reports/golden).  Each is a
# whole report in one format, to the letter; the cases of check/cli hold single lines of many
# more.  A file's name is that of the row, and of the format; `codes` has the exit codes.
# The environment names the program, WARPCHECK.
program=${WARPCHECK:-./warpcheck}
case $program in /*) ;; *) program=$PWD/$program ;; esac
test -x "$program" || { echo "golden.sh: there is no program $program" >&2; exit 99; }
test $# -eq 1 || { echo "usage: golden.sh FOLDER" >&2; exit 2; }
umask 022
mkdir -p "$1" || exit 99
# The leak sanitizer traces the process that ends, which the sandbox refuses.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH=0
export ASAN_OPTIONS LC_ALL TZ SOURCE_DATE_EPOCH
cd "$1" || exit 99
rm -f codes

# NAME FORMAT... -- ARGUMENT...: a report in each format, made by one run.
report()
{
    name=$1 outputs=
    shift
    while test "$1" != --; do
        outputs="$outputs --$1 $name.$1"
        shift
    done
    shift
    # shellcheck disable=SC2086
    "$program" "$@" --quiet $outputs
    echo "$name $?" >>codes
}

# Dyadic numbers, and no turn: a sine is not the same to the last digit in every libm.
cat >set.matrices <<'END'
1 0.125 -1.75; -0.125 1 2.5
1 -0.25 3.125; 0.25 1 -3.5
1.0625 0 -0.25; 0 0.9375 1
1 0 3.5; 0 1 -2.75
0.984375 0.1875 -3; -0.1875 0.984375 1.375
END

story="--image 64x64x3 --output 64x64 --border replicate"
one='--kernel bilinear --border constant --layout HWC --dtype float64 --size 7x11 --channels 2'
# shellcheck disable=SC2086
{
    report story text json markdown junit lcov -- coverage $story --matrix '1 0 10; 0 1 20' --what-if
    report holes text json markdown -- coverage --image 12x12 --matrix '0.25 0 0; 0 0.25 0' --output 3x3 --min-coverage 50
    report set text json markdown -- coverage --image 16x16 --matrices set.matrices
    report truncated text json markdown junit tap sarif -- verify deviation:truncated-base $one --checker forward
    report reference text json markdown junit tap sarif -- verify builtin:reference $one --checker forward --checker linearity
    report other json -- coverage $story --matrix '1 0 12; 0 1 20'
    report compared text json -- compare story.json other.json --fail-on any
}
