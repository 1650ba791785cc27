#!/bin/sh
# Makes the gallery anew: gallery.sh FOLDER (`make gallery`: reports/gallery).  A page is a
# script of reports/pages, whose standard output it is; its pictures lie beside it, and its
# findings are collected in README.md.  What a page says of numbers it has from the program,
# and `must` ends the making where a sentence would not be true.
# The same program makes the same bytes, whatever the clock, the time zone, the language.
# The environment names the program, WARPCHECK.  No library is needed.
top=$(cd "$(dirname "$0")/.." && pwd)
program=${WARPCHECK:-./warpcheck}
case $program in /*) ;; *) program=$PWD/$program ;; esac
test -x "$program" || { echo "gallery.sh: there is no program $program" >&2; exit 99; }
test $# -eq 1 || { echo "usage: gallery.sh FOLDER" >&2; exit 2; }
umask 022
mkdir -p "$1" || exit 99
folder=$(cd "$1" && pwd)
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH=0
export LC_ALL TZ SOURCE_DATE_EPOCH
recordings=$top/check/recordings
# shellcheck source=reports/arrays.sh
. "$top/reports/arrays.sh"

warpcheck()
{
    "$program" "$@"
}

stop() # WHY
{
    echo "gallery.sh: $page: $1" >&2
    exit 1
}

must() # CONDITION, as `test` takes it
{
    test "$@" || stop "not true: $*"
}

# A sentence for the index.
finding()
{
    echo "- $1" >>"$work/findings"
}

# The command and what it prints, which is left in the file `said`.
shown() # COMMAND
{
    echo
    echo '```'
    echo "\$ $1"
    eval "$1" >said 2>&1 || stop "exit code $?: $1"
    cat said
    echo '```'
    echo
}

# A number of what was shown: the first line that begins so, and its column.
cell() # BEGINNING COLUMN
{
    awk -v beginning="$1 " -v column="$2" 'index($0, beginning) == 1 { print $column; exit }' said
}

picture() # FILE WHAT
{
    test -s "$1" || stop "there is no $1"
    mv "$1" "$folder/" || exit 99
    echo "![$2]($1)"
}

# An 8-bit picture of the numbers of an array of doubles: grey ARRAY HEIGHT WIDTH FILE
grey()
{
    numbers f8 "$1" | awk '{ v = int($1 + 0.5); print (v < 0 ? 0 : v > 255 ? 255 : v) }' |
        npy u1 "$2, $3" >grey.npy
    warpcheck warp --image grey.npy --matrix '1 0 0; 0 1 0' --out "$4" --quiet || stop "no picture $4"
}

# Says how many recordings of a library bear a page out, and has one of each kind verified:
# `make check` does it with all.
borne_out() # GLOB-OF-ALL PATH-OF-ONE...
{
    # shellcheck disable=SC2012,SC2086
    count=$(cd "$recordings" && ls -d $1 | wc -l)
    shift
    for one; do
        warpcheck verify "recording:$recordings/$one" --quiet || stop "recording $one does not pass"
    done
    echo
    echo "What is shown is made by the reference, which needs no library. The tests hold it to $count" \
        "recordings of the library itself (\`check/recordings\`); of these pages $# were verified just now."
}

cd "$work" || exit 99
: >index
for page in story face downscale augmentation opencv torch scipy pillow; do
    rm -f findings
    # shellcheck source=/dev/null
    (. "$top/reports/pages/$page.sh") >page.md || exit 1
    must -s findings
    cp page.md "$folder/$page.md" || exit 99
    {
        echo
        sed -n "1s|# \(.*\)|## [\1]($page.md)|p" page.md
        echo
        cat findings
    } >>index
done
{
    cat <<'END'
# What a user should know: findings

A heading leads to the page that shows its findings, with pictures. `make gallery` makes all of this from the program alone, and a
test (`check/report/gallery.sh`) makes it anew and compares.
END
    cat index
} >"$folder/README.md"
