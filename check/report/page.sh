#!/bin/sh
# The page in a browser without a window (check/report/page.py).  BROWSER may name it.
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
program=${WARPCHECK:-./warpcheck}
case $program in /*) ;; *) program=$(pwd)/$program ;; esac
if test "${instrumented:-no}" = yes; then
    echo "SKIP page: an instrumented program writes the same page, in more time"
    exit 77
fi
if ! command -v python3 >/dev/null; then
    echo "SKIP page: there is no python3"
    exit 77
fi
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
mkdir "$work/pages" || exit 99

# One in a sandbox of its own may not see our files.
opens_files() # BROWSER
{
    echo '<p>it opens files</p>' >"$work/probe.html"
    timeout 60 "$1" --headless=new --no-sandbox --disable-gpu --user-data-dir="$work/probe" \
        --dump-dom "file://$work/probe.html" 2>/dev/null | grep -q 'it opens files'
}

browser=
for candidate in ${BROWSER:+"$BROWSER"} chromium chromium-browser google-chrome chrome; do
    browser=$(command -v "$candidate") && opens_files "$browser" && break
    browser=
done
if test -z "$browser"; then
    echo "SKIP page: there is no Chromium here that opens files (BROWSER=... may name one)"
    exit 77
fi
TMPDIR=$work PYTHONDONTWRITEBYTECODE=1 PYTHONIOENCODING=utf-8 \
    python3 "$top/check/report/page.py" "$program" "$browser" "$work/pages"
