# shellcheck shell=sh
cat <<'END'
# OpenCV 4 and OpenCV 5: coordinates

A ramp that grows by 32 a pixel is shifted by s: a right sample is 32 s. The slope beside each is what a numeric derivative with
respect to the shift says, by a step of 1/128 pixel; it should be 32.

`cv2.warpAffine`, bilinear, one channel:

| s | 4, float32 | slope | 5, float32 | slope | 5, float64 | slope |
|---|---|---|---|---|---|---|
END
for row in 1 2 3; do steps 8 0 32; done | npy f4 '3, 8' >ramp.f4.npy
for row in 1 2 3; do steps 8 0 32; done | npy f8 '3, 8' >ramp.f8.npy

# The sample at column 2 + k/128: sample VERSION TYPE K
sample()
{
    shift=$(awk -v k="$3" 'BEGIN { printf "%.17g", 2 + k / 128 }')
    warpcheck warp --convention opencv.warpAffine --library-version "$1" --interp INTER_LINEAR --image "ramp.$2.npy" \
        --matrix "1 0 $shift; 0 1 1" --inverse-map --output 1x1 --out sample.npy --quiet || stop 'no sample'
    numbers "$2" sample.npy | awk '{ printf "%.6g\n", $1 - 64 }'
}

for k in 0 1 2 3 4 5 6 7 8; do
    echo "$k $(sample 4.14.0 f4 $k) $(sample 5.0.0 f4 $k) $(sample 5.0.0 f8 $k)"
done >sweep
awk '
    function slope(now, next_one) { return NR == 1 ? "" : sprintf("%.4g", (now - next_one) * 128) }
    NR > 1 { printf "| %d/128 | %s | %s | %s | %s | %s | %s |\n", k, four, slope($2, four), five, slope($3, five), wide, slope($4, wide) }
    { k = $1; four = $2; five = $3; wide = $4 }
    END { printf "| %d/128 | %s | | %s | | %s | |\n", k, four, five, wide }' sweep
must "$(awk '{ print $2 }' sweep | sort -u | wc -l)" -eq 3
must "$(awk '$3 != $1 / 4' sweep | wc -l)" -eq 0
must "$(awk '$4 != $2' sweep | wc -l)" -eq 0
cat <<'END'

Three pixels, 0 255 0, made 192 wide, uint8; above by version 4, below by 5:

END
echo '0 255 0 0 255 0' | npy u1 '2, 3' >three.npy
for version in 4.14.0 5.0.0; do
    major=${version%%.*}
    warpcheck warp --convention opencv.warpAffine --library-version $version --interp INTER_LINEAR --border BORDER_REPLICATE \
        --image three.npy --matrix '0.015625 0 -0.5; 0 0.0625 0' --inverse-map --output 24x192 --out "opencv-$major.png" \
        --out row.npy --quiet || stop 'no picture'
    numbers u1 row.npy | sort -u | wc -l >"levels-$major"
    picture "opencv-$major.png" "version $major"
    echo
done
four=$(cat levels-4) five=$(cat levels-5)
must "$four" -lt "$five"
echo "Along them are $four grey levels by version 4, and $five by 5."
borne_out 'opencv-*/*.npz' opencv-4.14/warpAffine-bilinear-constant-float32x1-half.npz \
    opencv-4.10/warpAffine-bilinear-constant-float32x1-half.npz opencv-5.0/warpAffine-bilinear-constant-float32x1-half.npz
finding 'OpenCV 4 rounds source coordinates to 1/32 pixel, whatever the type (unless a build of it hands the call to IPP): a numeric derivative with respect to the matrix is 0 on plateaus, and far too large between them. Take steps of many such units, or the analytic slope.'
finding 'OpenCV 5 does not, for bilinear on uint8, uint16 and float32 images of 1, 3 or 4 channels. On float64 it still does: the same call on the same numbers in another type has other coordinates.'
finding "A strong magnification shows it: $four grey levels between two pixels and back by version 4, $five by 5."
