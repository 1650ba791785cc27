#!/bin/sh
# The golden reports, reports/golden, are what the program writes now, byte for byte.
# The environment names the program, WARPCHECK, and srcdir.
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
WARPCHECK=${WARPCHECK:-./warpcheck}
export WARPCHECK
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

sh "$top/reports/golden.sh" "$work/made" || exit 1
made=$(find "$work/made" -type f | wc -l)
if diff -r "$top/reports/golden" "$work/made" >"$work/said" 2>&1; then
    echo "golden: $made reports are what they were"
    test "$made" -gt 1
    exit
fi
head -n 40 "$work/said"
echo 'FAIL reports/golden is not what is written now.  Where that is meant: make golden'
exit 1
