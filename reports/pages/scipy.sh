# shellcheck shell=sh
cat <<'END'
# scipy.ndimage: every mode

A row of four pixels, 10 20 40 80, is sampled at x (in pixels, centres at whole numbers) by `map_coordinates` with each mode, cval = 0.
A cell has the value and, in brackets, its slope, the derivative with respect to x.
END
modes='constant grid-constant nearest reflect mirror wrap grid-wrap'
positions='-1.25 -0.75 -0.25 0.25 2.75 3.25 3.75 4.25'
for row in 1 2 3; do echo '10 20 40 80'; done | npy f8 '3, 4' >rows.npy
{
    steps 24 1 0
    for x in $positions; do
        awk -v x="$x" 'BEGIN { for (i = -1; i <= 1; i++) printf "%.17g\n", x + i / 4096 }'
    done
} | npy f8 '2, 1, 24' >coords.npy

for order in 1 3; do
    printf '\nOrder %s:\n\n| x |' $order
    rm -f columns
    for mode in $modes; do
        printf ' %s |' $mode
        warpcheck warp --convention scipy.map_coordinates --image rows.npy --coords coords.npy --interp spline$order \
            --border $mode --out samples.npy --quiet || stop 'no samples'
        numbers f8 samples.npy | awk -v positions="$positions" '
            BEGIN { split(positions, x, " ") }
            { sample[NR % 3] = $1 }
            function plain(v) { return sprintf("%.4g", v * v < 1e-18 ? 0 : v) }
            NR % 3 == 0 { print x[NR / 3], plain(sample[2]), plain((sample[0] - sample[1]) * 2048) }' >"$mode-$order"
        awk '{ print $2 " (" $3 ")" }' "$mode-$order" >column
        if test -f columns; then
            paste -d '|' columns column >more && mv more columns
        else
            mv column columns
        fi
    done
    printf '\n|---|---|---|---|---|---|---|---|\n'
    for x in $positions; do echo "$x"; done | paste -d '|' - columns | sed 's/|/ | /g; s/^/| /; s/$/ |/'
done

warpcheck warp --convention scipy.map_coordinates --image rows.npy --coords coords.npy --interp spline3 --border grid-mirror \
    --out samples.npy --quiet || stop 'no samples'
warpcheck warp --convention scipy.map_coordinates --image rows.npy --coords coords.npy --interp spline3 --border reflect \
    --out reflected.npy --quiet || stop 'no samples'
cmp -s samples.npy reflected.npy || stop 'grid-mirror is not reflect'
echo
echo 'Mode grid-mirror is another name of reflect.'

# at X MODE: the value and the slope, of order 1
at()
{
    awk -v x="$1" '$1 == x { print $2, $3 }' "$2-1"
}
for x in -1.25 -0.75 -0.25 3.25 3.75 4.25; do
    must "$(at $x constant)" = '0 0'
    must "$(at $x nearest)" = "$(test "${x%.*}" -gt 0 && echo 80 0 || echo 10 0)"
done
must "$(at -0.25 grid-constant)" = '7.5 10'
must "$(at 3.25 wrap)" = "$(at 0.25 wrap)"
must "$(at 3.25 grid-wrap)" = '62.5 -70'
must "$(at 4.25 grid-wrap)" = "$(at 0.25 grid-wrap)"
must "$(at -0.25 reflect)" = '10 0'
must "$(at -0.25 mirror)" = '12.5 -10'

cat <<'END'

A picture of 24x24, seen from as far again on all sides, order 1, in the order of the table:

END
awk 'BEGIN { for (y = 0; y < 24; y++) for (x = 0; x < 24; x++)
    print (x + y < 14 ? 230 : 60 + 5 * x) - ((x - 15) ^ 2 + (y - 14) ^ 2 < 40 ? 55 : 0) }' | npy u1 '24, 24' >picture.npy
for mode in $modes; do
    warpcheck warp --convention scipy.affine_transform --image picture.npy --matrix '0.66 0 -23.8; 0 0.66 -23.8' --output 108x108 \
        --interp spline1 --border "$mode" --out "scipy-$mode.png" --quiet || stop 'no picture'
    picture "scipy-$mode.png" "$mode"
done

cat <<'END'

One pixel of 1 in a row of 32 zeros, seen by order 3 at whole pixels and halfway between, so many pixels away:

| pixels away | 0 | 1/2 | 3/2 | 5/2 | 9/2 | 19/2 |
|---|---|---|---|---|---|---|
END
for row in 1 2 3; do awk 'BEGIN { for (i = 0; i < 32; i++) print i == 12 }'; done | npy f8 '3, 32' >impulse.npy
echo '1 1 1 1 1 1 12 12.5 13.5 14.5 16.5 21.5' | npy f8 '2, 1, 6' >coords.npy
warpcheck warp --convention scipy.map_coordinates --image impulse.npy --coords coords.npy --interp spline3 --border mirror \
    --out samples.npy --quiet || stop 'no samples'
numbers f8 samples.npy | awk '{ line = line sprintf(" | %.2g", $1) } END { print "| it weighs" line " |" }'
must "$(numbers f8 samples.npy | awk '$1 == 0' | wc -l)" -eq 0
# shellcheck disable=SC2046
borne_out 'scipy/*.npz' $(cd "$recordings" && ls scipy/map_coordinates-spline[13]-*-7x11-float64.npz)
finding 'Mode constant does not blend at the edge: a sample a hair outside the outermost pixel centres is cval whole, a jump, and has slope 0 outside. grid-constant blends, as other libraries do.'
finding 'Mode wrap has a period of n - 1, not n: the first and the last pixel are taken for one. grid-wrap is what other libraries call wrap.'
finding 'mirror is what OpenCV calls reflect_101, and torch reflection with align_corners=True; reflect repeats the edge pixel, and is flat within half a pixel of the edge.'
finding 'From order 2 on each sample depends on all pixels of the image, through the prefilter: every pixel gets a gradient, most of them next to nothing.'
