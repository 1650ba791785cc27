#!/bin/sh
# Runs the command-line cases.  A case is a folder of check/cli/cases:
#   cmd         shell commands, run in an empty folder; $fixtures and warpcheck are set
#   status      the exit code (default 0)
#   stdout      standard output, to the letter
#   stdout.has  extended regular expressions, each matched by some line of it
#   json        lines "PATH VALUE": what standard output holds, read as JSON
#   stderr      one extended regular expression for each line (default: no line)
#   files       the files that are there afterwards (default: none)
# The JSON of a verification or a coverage, on standard output or in a file, is what the
# schema in doc/schema says.
# Usage: run.sh [CASE]...; the environment names the program, WARPCHECK, and says where
# one case in so many is enough, EVERY_CASE.
here=$(cd "$(dirname "$0")" && pwd)
fixtures=$here/fixtures
program=${WARPCHECK:-./warpcheck}
case $program in
/*) ;;
*) program=$(pwd)/$program ;;
esac
if ! test -x "$program"; then
    echo "run.sh: there is no program $program" >&2
    exit 99
fi
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
LC_ALL=C
# A refused allocation is an error of ours to report, not the sanitizer's to abort on.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}allocator_may_return_null=1
export LC_ALL ASAN_OPTIONS fixtures

warpcheck()
{
    "$program" "$@"
}

# Every line of file $2 matches the regular expression on the same line of file $1.
lines_match()
{
    awk -v expected="$1" '
        { if ((getline pattern < expected) <= 0 || $0 !~ ("^(" pattern ")$")) bad = 1 }
        END { exit bad || (getline pattern < expected) > 0 }' "$2"
}

# Every regular expression of file $1 matches some line of file $2.
lines_have()
{
    while IFS= read -r pattern; do
        if ! grep -Eq -- "$pattern" "$2"; then
            echo "  no line of standard output matches: $pattern"
            return 1
        fi
    done <"$1"
}

run_case()
{
    folder=$1
    expected=0
    test -f "$folder/status" && expected=$(cat "$folder/status")
    mkdir "$work/in"
    (cd "$work/in" && . "$folder/cmd") >"$work/out" 2>"$work/said"
    status=$?
    grep -v 'WARNING: AddressSanitizer failed to allocate' "$work/said" >"$work/err"
    good=true
    if test "$status" != "$expected"; then
        echo "  exit code $status instead of $expected"
        good=false
    fi
    if test -f "$folder/stdout" && ! diff -u "$folder/stdout" "$work/out"; then
        good=false
    fi
    if test -f "$folder/stdout.has"; then
        lines_have "$folder/stdout.has" "$work/out" || good=false
    fi
    if test -f "$folder/json"; then
        python3 "$here/json_has.py" "$folder/json" <"$work/out" || good=false
    fi
    if test -f "$folder/stderr"; then
        lines_match "$folder/stderr" "$work/err" || good=false
    elif test -s "$work/err"; then
        good=false
    fi
    fits_schema || good=false
    if test $good = false; then
        sed 's/^/  stderr: /' "$work/err"
    fi
    (cd "$work/in" && ls -A) >"$work/files"
    if test -f "$folder/files"; then
        diff "$folder/files" "$work/files" || good=false
    elif test -s "$work/files"; then
        echo "  left behind: $(cat "$work/files")"
        good=false
    fi
    rm -rf "$work/in"
    test $good = true
}

# A Python that can judge by a JSON Schema.
judge=
for python in python3 /usr/bin/python3; do
    if "$python" -c 'import jsonschema' 2>/dev/null; then
        judge=$python
        break
    fi
done

# What the case wrote as JSON fits its schema.
fits_schema()
{
    for file in "$work/out" "$work"/in/*; do
        test -f "$file" || continue
        # Not what a case has cut: the command is the last of a report's keys.
        grep -q '^  "command": ' "$file" || continue
        kind=$(sed -n 's/^    "name": "warpcheck\.\(verify\|coverage\)",$/\1/p;4q' "$file" 2>/dev/null)
        test -n "$kind" || continue
        if test -z "$judge"; then
            unjudged=$((unjudged + 1))
            continue
        fi
        judged=$((judged + 1))
        "$judge" "$here/../report/schema.py" "$here/../../doc/schema/$kind.json" "$file" || return 1
    done
}

passed=0 failed=0 skipped=0 judged=0 unjudged=0
test $# -gt 0 || set -- $(ls "$here/cases" | awk -v every="${EVERY_CASE:-1}" 'NR % every == 0')
for name; do
    folder=$here/cases/$name
    if test -f "$folder/json" && ! command -v python3 >/dev/null; then
        skipped=$((skipped + 1))
        echo "SKIP $name (no python3)"
    elif run_case "$folder"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $name"
    fi
done
test $unjudged -eq 0 || echo "SKIP $unjudged schemas of JSON: no python3 has jsonschema"
test $judged -eq 0 || echo "schemas: $judged reports of JSON judged"
echo "cli: $passed passed, $failed failed, $skipped skipped"
test $failed -eq 0 && test $passed -gt 0
