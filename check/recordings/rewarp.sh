#!/bin/sh
# Makes recordings anew by the reference, from what went into those of real libraries:
# of every library the first and every 25th, but those in SKIP.  Each must pass its own
# verification, with its taps in it.  The conventions of which there is none are those
# that are listed as unproven, but for the reference's own.
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
    "$WARPCHECK" warp "$1" --taps --out "$work/new.npz" 2>"$work/said" >>"$work/told" &&
        return
    grep -q 'a prefilter makes' "$work/said" &&
        "$WARPCHECK" warp "$1" --out "$work/new.npz" 2>"$work/said" >>"$work/told"
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
sed 's/[, ].*//' "$work/told" | sort -u >"$work/seen"
"$WARPCHECK" list conventions | grep -v -e 'unproven: ' -e '^reference\.' |
    sed 's/ .*//' | sort >"$work/proven"
diff "$work/proven" "$work/seen" >"$work/said" || {
    sed 's/^</FAIL proven, but not recorded:/; s/^>/FAIL recorded, but not proven:/' \
        "$work/said"
    failed=$((failed + 1))
}
echo "recordings made anew: $passed passed, $failed failed"
test $failed -eq 0 && test $passed -gt 0
