#!/bin/sh
# The lcov report of our own C code.  Usage, in a build folder:
#   coverage.sh          builds once more with counters, runs all tests, and reports
#   coverage.sh report   of this build, which has counters, and whose tests have run
# The environment may hold LCOV_OPTS and MAKEFLAGS.
set -eu
least=95 # percent of the lines of reference/ and src/
top=$(cd "$(dirname "$0")/../.." && pwd)
report=$top/reports/coverage
command -v lcov >/dev/null || {
    echo "coverage: there is no lcov" >&2
    exit 1
}
mkdir -p "$report"
if test "${1:-}" != report; then
    mkdir -p coverage-build
    cd coverage-build
    test -f Makefile || "$top/configure" --quiet --disable-shared CFLAGS='-O0 -g --coverage'
    find . -name '*.gcda' -delete
    make -s -j"$(nproc)" check
fi
# shellcheck disable=SC2086
lcov ${LCOV_OPTS:-} --quiet --capture --directory . --base-directory "$PWD" \
    --output-file all.info
# shellcheck disable=SC2086
lcov ${LCOV_OPTS:-} --quiet --extract all.info "$top/reference/*" "$top/src/*" \
    --output-file "$report/coverage.info"
genhtml --quiet --prefix "$top" --title Warpcheck --output-directory "$report" \
    "$report/coverage.info"
lcov --list "$report/coverage.info" | sed "s|$top/||"
# Counted from the tracefile itself: LF lines found, LH lines hit.
awk -F: -v least=$least '
    $1 == "LF" { found += $2 }
    $1 == "LH" { hit += $2 }
    END {
        share = found > 0 ? 100 * hit / found : 0
        printf "coverage: %d of %d lines, %.2f%%; at least %d%% is asked for\n",
               hit, found, share, least
        exit share < least
    }' "$report/coverage.info"
