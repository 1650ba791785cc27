#!/bin/sh
# The page in a browser without a window (check/report/page.py).  BROWSER may name it.
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
program=${WARPCHECK:-./warpcheck}
case $program in /*) ;; *) program=$(pwd)/$program ;; esac
if test "${instrumented:-no}" = yes; then
    echo "SKIP page: an instrumented program writes the same page, in more time"
    exit 77
fi
browser=
for candidate in ${BROWSER:+"$BROWSER"} chromium chromium-browser google-chrome chrome; do
    browser=$(command -v "$candidate") && "$browser" --version >/dev/null 2>&1 && break
    browser=
done
if test -z "$browser"; then
    echo "SKIP page: there is no Chromium here (BROWSER=... may name one)"
    exit 77
fi
if ! command -v python3 >/dev/null; then
    echo "SKIP page: there is no python3"
    exit 77
fi
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
mkdir "$work/pages" || exit 99
TMPDIR=$work PYTHONDONTWRITEBYTECODE=1 PYTHONIOENCODING=utf-8 \
    python3 "$top/check/report/page.py" "$program" "$browser" "$work/pages"
