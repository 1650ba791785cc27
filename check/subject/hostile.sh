#!/bin/sh
# Every hostile subject of hostile.txt ends in its verdict and exit code, in time, and
# leaves nothing behind: no process, no file, no half a report; and the next subject is
# judged as if nothing had been.
# Usage: hostile.sh          the test; doc/hostile.md must be what --write makes
#        hostile.sh --write  print doc/hostile.md
# The environment names the programs: WARPCHECK, WORKER.
here=$(cd "$(dirname "$0")" && pwd)
program=${WARPCHECK:-./warpcheck} worker=${WORKER:-check/subject/worker}
case $program in /*) ;; *) program=$(pwd)/$program ;; esac
case $worker in /*) ;; *) worker=$(pwd)/$worker ;; esac
table=$here/hostile.txt page=$here/../../doc/hostile.md
# The leak sanitizer traces the process that ends, which the sandbox refuses.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS
LC_ALL=C
export LC_ALL

# The table's rows, their fields without blanks around them, separated by |.
rows()
{
    sed -e '/^#/d' -e 's/[ ]*|[ ]*/|/g' "$table"
}

write_page()
{
    cat <<'EOF'
# Hostile subjects

What `warpcheck verify` says of workers that misbehave. `make check` runs each row (`check/subject/hostile.sh`, which also
wrote this page), and holds that afterwards no process of the worker is there, nothing of it in /dev/shm, in the temporary folder and
in the working folder, that the report is whole or absent, that the run took no longer than it may, and that the next subject passes.

| the worker (`check/subject/worker.c`, `hostile.c`) | at call | options | verdict | exit | seconds at most | standard error has | needs the measure |
|---|---|---|---|---|---|---|---|
EOF
    rows | sed -e 's/^\([^|]*\)|\([^|]*\)|\([^|]*\)|/\1|\2 \3|/' -e 's/ *|/ | /g' \
        -e 's/^/| /' -e 's/$/ |/' -e 's/| *|/| |/g'
}

if test "$1" = --write; then
    write_page
    exit
fi
if ! test -x "$program" || ! test -x "$worker"; then
    echo "hostile.sh: there is no program $program, or no $worker" >&2
    exit 99
fi
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0
"$program" doctor >"$work/doctor"

verify()
{
    (cd "$work/in" && TMPDIR=$work/tmp HOSTILE_RUN=$token exec "$program" verify \
        --kernel bilinear --border constant --dtype float64 --layout HWC --size 9x11 \
        --matrix '0.75 0.25 1; -0.25 0.75 2' --json report "$@" >"$work/told" 2>"$work/said")
}

# Processes of this run; whoever reads the list is none of them.
left_processes()
{
    grep -lsz "^HOSTILE_RUN=$token\$" /proc/[0-9]*/environ
}

bad()
{
    echo "  $1"
    good=false
}

check_clean()
{
    test -z "$(left_processes)" || bad "left processes: $(left_processes)"
    test -z "$(ls /dev/shm | grep -F "$token")" || bad "left shared memory"
    test -z "$(ls -A "$work/tmp")" || bad "left in the temporary folder: $(ls -A "$work/tmp")"
    test -z "$(ls -A "$work/in" | grep -vx report)" || bad "left: $(ls -A "$work/in")"
}

check_report()
{
    if test "$verdict" = -; then
        test ! -e "$work/in/report" || bad "there is a report"
    elif ! test -s "$work/in/report" || test "$(tail -n 1 "$work/in/report")" != '}'; then
        bad "there is no whole report"
    else
        told=$(sed -n 's/^  "verdict": "\(.*\)",*$/\1/p' "$work/in/report")
        test "$told" = "$verdict" || bad "verdict $told instead of $verdict"
    fi
}

run_row()
{
    good=true token=$$-$number
    rm -rf "$work/in" "$work/tmp"
    mkdir "$work/in" "$work/tmp"
    begun=$(date +%s)
    verify $options "worker:$worker $mode $when $call"
    got=$?
    took=$(($(date +%s) - begun))
    test "$got" = "$status" || bad "exit code $got instead of $status"
    test "$took" -le "$limit" || bad "$took s instead of at most $limit"
    if test -n "$says"; then
        grep -qF -- "$says" "$work/said" || bad "said: $(cat "$work/said")"
    else
        test ! -s "$work/said" || bad "said: $(cat "$work/said")"
    fi
    check_report
    check_clean
    rm -f "$work/in/report"
    verdict=pass
    verify "worker:$worker" || bad "the next subject: exit code $?"
    check_report
    test $good = true
}

rows >"$work/rows"
number=0
while IFS='|' read -r mode when call options verdict status limit says measure; do
    number=$((number + 1))
    if test "$measure" != - && ! grep -q "^  yes  $measure " "$work/doctor"; then
        skipped=$((skipped + 1))
        echo "SKIP $mode (this machine has no $measure)"
    elif run_row </dev/null; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $mode $when $call $options"
    fi
done <"$work/rows"
write_page >"$work/page"
if ! cmp -s "$work/page" "$page"; then
    failed=$((failed + 1))
    echo "FAIL doc/hostile.md is stale: check/subject/hostile.sh --write >doc/hostile.md"
fi
echo "hostile: $passed passed, $failed failed, $skipped skipped"
test $failed -eq 0 && test $passed -gt 0
