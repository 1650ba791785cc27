# shellcheck shell=sh
cat <<'END'
# torch.nn.functional.grid_sample: every mode

A row of four pixels, 10 20 40 80, is sampled at x (in pixels, centres at whole numbers, so that the image goes from -1/2 to
7/2). Each cell has the value, and in brackets its slope, the derivative with respect to x.
END
echo '10 20 40 80' | npy f8 '1, 1, 1, 4' >row.npy
positions='-1.25 -0.75 -0.25 0.25 1.25 2.75 3.25 3.75 4.25'

# Each position and its neighbours 1/4096 to the left and right, in grid_sample's units.
grid() # ALIGN-CORNERS
{
    for x in $positions; do
        awk -v x="$x" -v align="$1" 'BEGIN {
            for (i = -1; i <= 1; i++) {
                at = x + i / 4096
                printf "%.17g 0\n", align == "true" ? 2 * at / 3 - 1 : (2 * at + 1) / 4 - 1
            }
        }'
    done | npy f8 '1, 1, 27, 2' >"grid-$1.npy"
}

# A line "X VALUE SLOPE" for each position: mode INTERP BORDER ALIGN-CORNERS
mode()
{
    warpcheck warp --convention torch.grid_sample --image row.npy --grid "grid-$3.npy" --interp "$1" --border "$2" \
        --align-corners="$3" --out mode.npy --quiet || stop 'no samples'
    numbers f8 mode.npy | awk -v positions="$positions" '
        BEGIN { split(positions, x, " ") }
        { sample[NR % 3] = $1 }
        function plain(v) { return sprintf("%.4g", v * v < 1e-18 ? 0 : v) }
        NR % 3 == 0 { print x[NR / 3], plain(sample[2]), plain((sample[0] - sample[1]) * 2048) }'
}

for align in false true; do
    grid $align
    printf '\n`align_corners=%s`:\n\n| x |' $align
    rm -f columns
    for border in zeros border reflection; do
        for interp in nearest bilinear bicubic; do
            printf ' %s, %s |' $interp $border
            mode $interp $border $align >"$interp-$border-$align"
            awk '{ print $2 " (" $3 ")" }' "$interp-$border-$align" >column
            if test -f columns; then
                paste -d '|' columns column >more && mv more columns
            else
                mv column columns
            fi
        done
    done
    printf '\n|---|---|---|---|---|---|---|---|---|---|\n'
    for x in $positions; do echo "$x"; done | paste -d '|' - columns | sed 's/|/ | /g; s/^/| /; s/$/ |/'
done

# The slope, or the value, at a position: at VALUE|SLOPE X INTERP BORDER ALIGN-CORNERS
at()
{
    awk -v x="$2" -v column="$1" '$1 == x { print column == "value" ? $2 : $3 }' "$3-$4-$5"
}
for align in false true; do
    must "$(at value -0.25 bilinear zeros $align) $(at slope -0.25 bilinear zeros $align)" = '7.5 10'
    must "$(at value -1.25 bilinear zeros $align)" = 0
    for x in -1.25 -0.75 -0.25 3.25 3.75 4.25; do
        must "$(at slope $x bilinear border $align)" = 0
    done
    must "$(cat nearest-*-$align | awk '$3 != 0' | wc -l)" -eq 0
    must "$(at slope -0.25 bicubic border $align)" != 0
done
must "$(at slope -0.25 bilinear reflection false)" = 0
must "$(at slope -0.75 bilinear reflection false)" = 0
must "$(at slope -1.25 bilinear reflection false)" = -10
must "$(at slope -0.25 bilinear reflection true)" = -10

cat <<'END'

A picture of 24x24, seen from as far again on all sides: zeros, border, reflection, with nearest above, bilinear in the middle, bicubic
below; `align_corners=False`.

END
awk 'BEGIN { for (y = 0; y < 24; y++) for (x = 0; x < 24; x++)
    print (x + y < 14 ? 230 : 60 + 5 * x) - ((x - 15) ^ 2 + (y - 14) ^ 2 < 40 ? 55 : 0) }' | npy f8 '1, 1, 24, 24' >picture.npy
for interp in nearest bilinear bicubic; do
    for border in zeros border reflection; do
        warpcheck warp --convention torch.affine_grid --image picture.npy --matrix '3 0 0; 0 3 0' --output 108x108 \
            --interp $interp --border $border --align-corners=false --out seen.npy --quiet || stop 'no picture'
        grey seen.npy 108 108 "torch-$interp-$border.png"
        picture "torch-$interp-$border.png" "$interp, $border"
    done
    echo
done
echo 'Volumes follow the same rule along each axis.'
# shellcheck disable=SC2046
borne_out 'torch/grid_sample*.npz' $(cd "$recordings" && ls torch/grid_sample2d-*-prime-float64.npz)
finding 'grid_sample with mode nearest sends no gradient to the grid, anywhere: it is exactly 0, and no error.'
finding 'With padding border a bilinear sample outside the outermost pixel centres has slope 0: what lies outside is not drawn back in. With bicubic it still has one, as there the taps are clamped and not the coordinate.'
finding 'With padding zeros the edge is blended with 0 over one pixel, so samples there have a slope that comes from the black, not from the image.'
finding 'With reflection and align_corners=False the slope is 0 within half a pixel on either side of the edge; with align_corners=True it is not, and beyond the edge it has the other sign.'
