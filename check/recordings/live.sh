#!/bin/sh
# Calls that nobody has seen, of the libraries that are installed: records random calls
# (check/vectors/live.py), verifies each, and each with one element changed, which must
# fail.  Usage: live.sh; the environment says
#   WARPCHECK, MUTATE  the programs
#   PYTHON   whose libraries: one or more programs (default: python3)
#   SEED     of everything random (default: the time), printed
#   COUNT    calls of each library (default: 100)
#   ONLY     a library's name: no other
#   KEEP     the folder that failures are kept in (default: live-failures)
# What is not installed is a skip, and named.  Exit 1 where something failed, 77 where
# there was no library at all.
here=$(cd "$(dirname "$0")" && pwd)
live=$here/../vectors/live.py
keep=${KEEP:-live-failures}
seed=${SEED:-$(date +%s)}
count=${COUNT:-100}
WARPCHECK=${WARPCHECK:-./warpcheck}
MUTATE=${MUTATE:-./check/recordings/mutate}
for program in "$WARPCHECK" "$MUTATE"; do
    if ! test -x "$program"; then
        echo "live.sh: there is no program $program" >&2
        exit 99
    fi
done
WARPCHECK=$(cd "$(dirname "$WARPCHECK")" && pwd)/$(basename "$WARPCHECK")
MUTATE=$(cd "$(dirname "$MUTATE")" && pwd)/$(basename "$MUTATE")
mkdir -p "$keep" && keep=$(cd "$keep" && pwd) || exit 99
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
LC_ALL=C
PYTHONWARNINGS=ignore
export LC_ALL PYTHONWARNINGS WARPCHECK MUTATE work
passed=0
failed=0
ran=' '

# Keeps a recording, and says why and how to make it again.
keep_it() # PYTHON LIBRARY PATH WHY
{
    mkdir -p "$keep/$2"
    cp "$3" "$keep/$2/"
    number=$(basename "$3")
    echo "FAIL $2 $(basename "$3" .npz) $4"
    echo "     kept in $keep/$2; again: $1 $live $2 FOLDER --seed $seed --only $((1${number%%-*} - 100000))"
}

# Records, verifies and changes the calls of one library, and adds up what came of it.
judge() # PYTHON LIBRARY VERSION
{
    rm -rf "$work/calls" "$work/reports"
    broken=0
    if ! "$1" "$live" "$2" "$work/calls" --seed "$seed" --count "$count" \
        >"$work/said" 2>&1; then
        echo "FAIL $2 $3: the recorder broke:"
        tail -n 5 "$work/said"
        broken=1
    fi
    mkdir -p "$work/calls"
    (
        cd "$work/calls" || exit 99
        ls -d -- */*.npz >"$work/all" 2>/dev/null
        for folder in */; do
            mkdir -p "$work/reports/$folder"
        done
        xargs -r -P2 -n20 "$here/each.sh" verify <"$work/all" >"$work/results"
        awk '$1 == 0 { print $2 }' "$work/results" |
            xargs -r -P2 -n5 "$here/each.sh" change >"$work/changed"
        grep -vE '^(0|5) ' "$work/results" | while read -r code path; do
            keep_it "$1" "$2" "$path" "is judged wrong: exit code $code"
        done
        grep -vE '^(1|open) ' "$work/changed" | while read -r code path array; do
            keep_it "$1" "$2" "$path" "passes with its $array changed: exit code $code"
        done
    )
    all=$(wc -l <"$work/all")
    good=$(grep -c '^0 ' "$work/results")
    unsure=$(grep -c '^5 ' "$work/results")
    caught=$(grep -c '^1 ' "$work/changed")
    open=$(grep -c '^open ' "$work/changed")
    missed=$(grep -vcE '^(1|open) ' "$work/changed")
    wrong=$((all - good - unsure))
    # Now and then a sample lies at a knot, or beyond all digits; not usually.
    if test $((unsure * 10)) -gt "$all" || test $((open * 10)) -gt "$caught"; then
        echo "FAIL $2 $3: too much of it is left open"
        broken=1
    fi
    printf '%-12s %-14s %4d calls: %d passed, %d failed, %d not judged; changed: %d caught, %d missed, %d open\n' \
        "$2" "$3" "$all" "$good" "$wrong" "$unsure" "$caught" "$missed" "$open"
    passed=$((passed + good))
    failed=$((failed + wrong + missed + broken))
}

echo "live calls, seed $seed, $count of each library (SEED=$seed COUNT=$count makes them again)"
for python in ${PYTHON:-python3}; do
    "$python" "$live" --probe >"$work/found" 2>"$work/said" || {
        echo "SKIP live: $python cannot run the recorders: $(tail -n 1 "$work/said")"
        continue
    }
    while read -r library version why; do
        test "${ONLY:-$library}" = "$library" || continue
        if test "$version" = -; then
            echo "$library $why" >>"$work/missing"
            continue
        fi
        case $ran in
        *" $library-$version "*) continue ;;
        esac
        ran="$ran$library-$version "
        judge "$python" "$library" "$version"
    done <"$work/found"
done
skipped=0
for library in $(cut -d' ' -f1 "$work/missing" 2>/dev/null | sort -u); do
    case $ran in
    *" $library-"*) continue ;;
    esac
    skipped=$((skipped + 1))
    echo "SKIP live $library: not installed ($(sed -n "s/^$library //p" "$work/missing" | head -n 1))"
done
echo "live: $passed passed, $failed failed, $skipped libraries skipped"
rmdir "$keep" 2>/dev/null
test "$failed" -eq 0 || exit 1
test "$passed" -gt 0 || exit 77
