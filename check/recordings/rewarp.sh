#!/bin/sh
# Makes recordings anew by the reference, from what went into those of real libraries:
# of every library the first and every 25th, but those in SKIP.  Each must pass its own
# verification, with its taps in it.
# Usage: rewarp.sh; the environment names the program: WARPCHECK.
here=$(cd "$(dirname "$0")" && pwd)
WARPCHECK=${WARPCHECK:-./warpcheck}
if ! test -x "$WARPCHECK"; then
    echo "rewarp.sh: there is no program $WARPCHECK" >&2
    exit 99
fi
WARPCHECK=$(cd "$(dirname "$WARPCHECK")" && pwd)/$(basename "$WARPCHECK")
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL
cd "$here" || exit 99

awk '{ print $1 }' SKIP >"$work/skip"
for library in */; do
    ls -d -- "$library"*.npz | grep -vxF -f "$work/skip" | awk 'NR % 25 == 1'
done >"$work/chosen"

# Behind a prefilter there are no taps.
again()
{
    "$WARPCHECK" warp "$1" --taps --quiet --out "$work/new.npz" 2>"$work/said" && return
    grep -q 'a prefilter makes' "$work/said" &&
        "$WARPCHECK" warp "$1" --quiet --out "$work/new.npz" 2>"$work/said"
}

passed=0 failed=0
while IFS= read -r path; do
    if ! again "$path"; then
        echo "FAIL $path: $(head -n 1 "$work/said")"
        failed=$((failed + 1))
    elif ! "$WARPCHECK" verify "recording:$work/new.npz" >"$work/said" 2>&1; then
        echo "FAIL $path made anew: $(head -n 1 "$work/said")"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
    rm -f "$work/new.npz"
done <"$work/chosen"
echo "recordings made anew: $passed passed, $failed failed"
test $failed -eq 0 && test $passed -gt 0
