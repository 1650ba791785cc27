#!/bin/sh
# Verifies every recording of real libraries, and that changed ones fail.
#   SKIP        lines "PATH REASON" (PATH below this folder): recordings that are known
#               not to pass.  One that does pass is a failure: take its line out.
#   every 25th  recording that passes, and of each folder the first of border transparent,
#               is also given to mutate, and each changed copy must
#               exit 1; a pass that says it left entries open at a knot is counted, up to 5%
#   the page    doc/residuals.md must say what the reports do, where there is a python3
# Usage: replay.sh [PAGE], to write the page to PAGE instead (`make residuals`); the
# environment names the programs: WARPCHECK, MUTATE; and EVERY: of the recordings one in so
# many, and no page (default 1; 8 in an instrumented build, which takes ten times as long).
here=$(cd "$(dirname "$0")" && pwd)
WARPCHECK=${WARPCHECK:-./warpcheck}
MUTATE=${MUTATE:-./check/recordings/mutate}
for program in "$WARPCHECK" "$MUTATE"; do
    if ! test -x "$program"; then
        echo "replay.sh: there is no program $program" >&2
        exit 99
    fi
done
WARPCHECK=$(cd "$(dirname "$WARPCHECK")" && pwd)/$(basename "$WARPCHECK")
MUTATE=$(cd "$(dirname "$MUTATE")" && pwd)/$(basename "$MUTATE")
page=${1:-}
case $page in
'' | /*) ;;
*) page=$PWD/$page ;;
esac
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL WARPCHECK MUTATE work
cd "$here" || exit 99

test "${instrumented:-no}" = no || EVERY=${EVERY:-8}
every=${EVERY:-1}
ls -d -- */*.npz | awk -v every="$every" '(NR - 1) % every == 0' >"$work/all"
test "$every" -eq 1 || echo "one recording in $every"
for folder in */; do
    mkdir -p "$work/reports/$folder"
done
xargs -P2 -n40 ./each.sh verify <"$work/all" >"$work/results"
awk '{ print $1 }' SKIP >"$work/skip"
sort -k2 "$work/results" | awk '
    { folder = $2; sub("/.*", "", folder) }
    $1 == 0 && (passing++ % 25 == 0 || ($2 ~ /-transparent-/ && !left[folder]++)) { print $2 }' |
    xargs -P2 -n5 ./each.sh change >"$work/changed"

awk -v skip="$work/skip" -v all="$work/all" '
    BEGIN {
        while ((getline path < skip) > 0) skips[path] = 1
        while ((getline path < all) > 0) there[path] = 1
        for (path in skips) if (!(path in there)) {
            if (system("test -f " path)) { print "FAIL " path " is in SKIP, but is no recording"; failed++ }
        }
    }
    $2 in skips && $1 == 0 { print "FAIL " $2 " passes: take it out of SKIP"; failed++; next }
    $2 in skips { skipped++; next }
    $1 == 0 { passed++; next }
    { print "FAIL " $2 " exit code " $1; failed++ }
    END { print passed + 0, failed + 0, skipped + 0 > "/dev/stderr" }
' "$work/results" 2>"$work/counts"
read -r passed failed skipped <"$work/counts"

# A sum over samples at a knot may be anything between two sides; the pass says so.
open=$(grep -c '^open ' "$work/changed")
caught=$(grep -c '^1 ' "$work/changed")
missed=$(grep -vcE '^(1|open) ' "$work/changed")
test "$open" -le $((caught / 20)) || missed=$((missed + open))
sed -n '/^\(1\|open\) /!s/^\([^ ]*\) \(.*\)/FAIL \2 changed: exit code \1 instead of 1/p' "$work/changed"
lost=$(($(wc -l <"$work/all") - $(wc -l <"$work/results")))
test "$lost" -eq 0 || echo "FAIL $lost recordings gave no result"
echo "changed recordings: $caught caught, $open open at a knot, $missed missed"

# The page of residuals: written anew, or held against what it says.
drift=0
if test "$every" -ne 1; then
    echo "SKIP residuals: not all recordings were verified"
    test -z "$page" || exit 99
elif ! command -v python3 >/dev/null; then
    echo "SKIP residuals: there is no python3"
    test -z "$page" || exit 99
elif test -n "$page"; then
    python3 residuals.py "$work/reports" >"$work/page" && cp "$work/page" "$page" || drift=1
elif ! python3 residuals.py "$work/reports" --check ../../doc/residuals.md; then
    echo "FAIL doc/residuals.md is not what these verdicts make: run make residuals"
    drift=1
fi
failed=$((failed + missed + lost + drift))
echo "recordings: $passed passed, $failed failed, $skipped skipped"
test "$failed" -eq 0 && test "$passed" -gt 0 && test "$caught" -gt 0
