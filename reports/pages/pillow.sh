# shellcheck shell=sh
cat <<'END'
# Pillow: truncation

`Image.transform` (AFFINE) on 8 bits cuts off what lies behind the point. A bilinear sample between two pixels, uint8:
END
printf '\n| pixels | at | exact | Pillow | SimpleITK | OpenCV 4 | OpenCV 5 | SciPy |\n|---|---|---|---|---|---|---|---|\n'

# A sample of pair.npy: sample X CONVENTION OPTION...
sample()
{
    x=$1 convention=$2
    shift 2
    warpcheck warp --convention "$convention" "$@" --image pair.npy --output 1x1 --out sample.npy --quiet || stop 'no sample'
    numbers u1 sample.npy
}

for case in '10 11 0.5' '11 12 0.5' '10 11 0.75' '10 13 0.25'; do
    # shellcheck disable=SC2086
    set -- $case
    echo "$1 $2 $1 $2 $1 $2" | npy u1 '3, 2' >pair.npy
    along="1 0 $3; 0 1 1"
    echo "$1 $2 $3 $(sample "$3" pil.transform --interp bilinear --matrix "$along")" \
        "$(sample "$3" itk.resample --interp bilinear --matrix "$along")" \
        "$(sample "$3" opencv.warpAffine --library-version 4.14.0 --matrix "$along" --inverse-map)" \
        "$(sample "$3" opencv.warpAffine --library-version 5.0.0 --matrix "$along" --inverse-map)" \
        "$(sample "$3" scipy.affine_transform --interp spline1 --matrix "1 0 1; 0 1 $3")"
done >samples
awk '{ print "| " $1 ", " $2 " | " $3 " | " $1 + ($2 - $1) * $3 " | " $4 " | " $5 " | " $6 " | " $7 " | " $8 " |" }' samples
must "$(awk '$4 != int($1 + ($2 - $1) * $3) || $5 != $4' samples | wc -l)" -eq 0
must "$(awk '$1 == 10 && $2 == 11 && $3 == 0.5 { print $6, $7, $8 }' samples)" = '11 10 11'
must "$(awk '$3 == 0.75 { print $6, $7, $8 }' samples)" = '11 11 11'

cat <<'END'

That is nearly half a unit lost on average each time. A grey picture, shifted by 13/32 pixel forth and back, 12 times each: the mean of its middle,
by Pillow and by OpenCV 4.

| shifts | Pillow | OpenCV 4 |
|---|---|---|
END
awk 'BEGIN { for (y = 0; y < 96; y++) for (x = 0; x < 96; x++) print int(128 + 40 * sin(x / 9) * cos(y / 7) + 20 * sin(x * y / 300)) }' |
    npy u1 '96, 96' >start.npy
cp start.npy pil.npy
cp start.npy cv.npy

middle() # FILE: the mean of what no edge has reached
{
    numbers u1 "$1" | awk '{ x = (NR - 1) % 96; y = int((NR - 1) / 96) }
        x >= 30 && x < 66 && y >= 30 && y < 66 { sum += $1; count++ } END { printf "%.2f", sum / count }'
}

for shift in $(seq 0 24); do
    case $shift in 0 | 1 | 2 | 8 | 16 | 24) echo "| $shift | $(middle pil.npy) | $(middle cv.npy) |" ;; esac
    by=$(test $((shift % 2)) -eq 0 && echo 0.40625 || echo -0.40625)
    test "$shift" -eq 24 && break
    warpcheck warp --convention pil.transform --interp bilinear --image pil.npy --matrix "1 0 $by; 0 1 0" --out next.npy --quiet &&
        mv next.npy pil.npy || stop 'no shift'
    warpcheck warp --convention opencv.warpAffine --library-version 4.14.0 --border BORDER_REPLICATE --image cv.npy \
        --matrix "1 0 $by; 0 1 0" --inverse-map --out next.npy --quiet && mv next.npy cv.npy || stop 'no shift'
done
warpcheck warp --convention opencv.warpAffine --library-version 4.14.0 --border BORDER_REPLICATE --image start.npy \
    --matrix '1 0 0.5; 0 1 0' --inverse-map --out half.npy --quiet || stop 'no shift'
must "$(echo "$(middle start.npy) $(middle half.npy)" | awk '{ print ($2 - $1 > 0.25) }')" -eq 1
cat <<END

(By exactly half a pixel, where many sums end in 1/2, OpenCV 4 gains instead, as it rounds those up: from $(middle start.npy) to
$(middle half.npy) by one such shift.)
END
lost=$(echo "$(middle start.npy) $(middle pil.npy)" | awk '{ printf "%.1f", $1 - $2 }')
drift=$(echo "$(middle start.npy) $(middle cv.npy)" | awk '{ printf "%.1f", $1 - $2 }')
must "$(echo "$lost $drift" | awk '{ print ($1 > 6 && $2 * $2 < 1) }')" -eq 1
echo
echo 'Before, and after 24 shifts by Pillow and by OpenCV 4:'
echo
for name in start pil cv; do
    warpcheck warp --image $name.npy --matrix '1 0 0; 0 1 0' --out "pillow-$name.png" --quiet || stop 'no picture'
    picture "pillow-$name.png" "$(case $name in start) echo before ;; pil) echo by Pillow ;; cv) echo by OpenCV 4 ;; esac)"
done

cat <<'END'

Beyond the edge the fill is taken whole, as by SciPy's constant. A row 10 20 40 80 of floats (mode F), bilinear, fill 0:

| x | -0.75 | -0.25 | 0 | 0.25 | 3 | 3.25 | 3.75 |
|---|---|---|---|---|---|---|---|
END
for row in 1 2 3; do echo '10 20 40 80'; done | npy f4 '3, 4' >rows.npy
for x in -0.75 -0.25 0 0.25 3 3.25 3.75; do
    warpcheck warp --convention pil.transform --interp bilinear --image rows.npy --matrix "1 0 $x; 0 1 1" --output 1x1 --out edge.npy \
        --quiet || stop 'no sample'
    numbers f4 edge.npy
done >edges
awk '{ line = line " | " $1 } END { print "| value" line " |" }' edges
must "$(tr '\n' ' ' <edges)" = '0 10 10 12.5 80 80 0 '
borne_out 'pillow/*.npz' pillow/transform-affine-bilinear-L-generic.npz pillow/transform-affine-bilinear-F-generic.npz \
    pillow/transform-affine-bicubic-L-generic.npz
finding 'Pillow and SimpleITK cut an 8-bit sample off, where OpenCV and SciPy round: on average nearly half a unit is lost each time a picture is resampled.'
finding "24 shifts by 13/32 pixel, forth and back, take $lost grey levels off a picture's mean by Pillow, and change it by $drift by OpenCV 4."
finding 'At 10.5 OpenCV 4 and SciPy say 11 and OpenCV 5 says 10, the even one.'
finding 'Pillow takes the fill whole beyond the image, half a pixel outside the outermost centres, and is flat up to there: no gradient with respect to the position, and then a jump.'
