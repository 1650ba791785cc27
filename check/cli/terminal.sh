#!/bin/sh
# What the program does on a terminal, and not elsewhere: the map of a text, and progress.
# terminal.py puts it on a pseudo terminal.  Without python3 nothing is asserted: skipped.
here=$(cd "$(dirname "$0")" && pwd)
program=${WARPCHECK:-./warpcheck}
case $program in /*) ;; *) program=$(pwd)/$program ;; esac
command -v python3 >/dev/null || exit 77
exec python3 "$here/terminal.py" "$program"
