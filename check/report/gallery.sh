#!/bin/sh
# The gallery, reports/gallery, is what `make gallery` makes, byte for byte; twice, with
# another clock, time zone, language, mask of rights and folder.  Pictures that a zlib of
# another kind packed otherwise are compared pixel by pixel, and it is said.
# The environment names the program, WARPCHECK, and srcdir.
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
WARPCHECK=${WARPCHECK:-./warpcheck}
export WARPCHECK
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
failed=0 compared=0 repacked=0

pixels() # PNG
{
    "$WARPCHECK" warp --image "$1" --matrix '1 0 0; 0 1 0' --quiet --out "$2"
}

# Is the picture the same, but for how it was packed?
same_pixels() # PNG PNG
{
    case $1 in *.png) ;; *) return 1 ;; esac
    pixels "$1" "$work/a.npy" && pixels "$2" "$work/b.npy" && cmp -s "$work/a.npy" "$work/b.npy"
}

compare() # FOLDER NAME: with what the tree holds
{
    compared=$((compared + 1))
    cmp -s "$top/reports/gallery/$2" "$1/$2" && return
    if same_pixels "$top/reports/gallery/$2" "$1/$2"; then
        repacked=$((repacked + 1))
        return
    fi
    failed=$((failed + 1))
    echo "FAIL reports/gallery/$2 is not what is made now (make gallery)"
    diff "$top/reports/gallery/$2" "$1/$2" | head -n 10
}

(
    umask 077
    TZ=Asia/Kolkata LC_ALL=C.UTF-8 LANG=de_DE.UTF-8 SOURCE_DATE_EPOCH=1700000000
    export TZ LC_ALL LANG SOURCE_DATE_EPOCH
    exec sh "$top/reports/gallery.sh" "$work/elsewhere and other"
) &
other=$!
sh "$top/reports/gallery.sh" "$work/one" || { echo 'FAIL the gallery is not made'; failed=1; }
wait $other || { echo 'FAIL the gallery is not made elsewhere'; failed=1; }

for file in "$work/one"/* "$top/reports/gallery"/*; do
    name=$(basename "$file")
    if test -f "$work/one/$name" && test -f "$top/reports/gallery/$name"; then
        case $file in "$work"/*) compare "$work/one" "$name" ;; esac
    else
        echo "FAIL $name is in one of the made gallery and reports/gallery only"
        failed=$((failed + 1))
    fi
done
if ! diff -r "$work/one" "$work/elsewhere and other" >"$work/said" 2>&1; then
    echo 'FAIL two makings differ'
    head -n 10 "$work/said"
    failed=$((failed + 1))
fi
test $repacked -eq 0 || echo "$repacked pictures have the same pixels, and other bytes: another zlib"
echo "gallery: $compared files compared, $failed failed"
test $compared -gt 0 && test $failed -eq 0
