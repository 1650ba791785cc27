#!/bin/sh
# Drives the functions of live.txt through the Python adapter, under every python3 of
# PYTHON that has the library; what none has is a skip, and named.  WARPCHECK is the
# program.  Exit 1 where one is judged otherwise than the table says, 77 where there was
# no library at all.
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
WARPCHECK=${WARPCHECK:-./warpcheck}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
PYTHONPATH=$top/adapters/python${PYTHONPATH:+:$PYTHONPATH}
PYTHONDONTWRITEBYTECODE=1
LC_ALL=C
export PYTHONPATH PYTHONDONTWRITEBYTECODE LC_ALL
passed=0
failed=0
skipped=0

# The version of a module, without what a build adds to it; nothing where it is missing.
version_of() # PYTHON MODULE
{
    "$1" -c "import $2; print($2.__version__.partition('+')[0])" 2>/dev/null
}

run_row() # PYTHON VERSION
{
    words=$(echo "$options" | sed "s/VERSION/$2/")
    name=$(echo "$subject" | sed "s|EXAMPLES|$top/examples|")
    # Split on purpose: options have no blanks of their own.
    # shellcheck disable=SC2086
    WARPCHECK_PYTHON=$1 "$WARPCHECK" verify "py:$name" $words >"$work/said" 2>"$work/error"
    got=$?
    if test "$got" = "$status" && grep -q "$says" "$work/said"; then
        passed=$((passed + 1))
        printf 'ok   %s %s %s\n' "$module" "$2" "$subject"
        return
    fi
    failed=$((failed + 1))
    printf 'FAIL %s %s %s: exit code %s instead of %s, or it does not say "%s"\n' \
        "$module" "$2" "$subject" "$got" "$status" "$says"
    head -n 20 "$work/said"
    cat "$work/error"
}

sed -e '/^#/d' -e '/^ *$/d' -e 's/ *| */|/g' "$here/live.txt" >"$work/rows"
while IFS='|' read -r module subject options status says; do
    module=${module%% *}
    ran=0
    for python in ${PYTHON:-python3}; do
        version=$(version_of "$python" "$module")
        test -n "$version" || continue
        ran=$((ran + 1))
        run_row "$python" "$version" </dev/null
    done
    test $ran -gt 0 && continue
    skipped=$((skipped + 1))
    echo "SKIP $subject (no python3 of PYTHON has $module)"
done <"$work/rows"
echo "adapters: $passed passed, $failed failed, $skipped skipped"
test $failed -eq 0 || exit 1
test $passed -gt 0 || exit 77
