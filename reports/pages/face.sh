# shellcheck shell=sh
cat <<'END'
# A face cropped out of a photo

A similarity matrix cuts a face of about 600 pixels out of a photo of 1024x1024 and makes it 112x112, as encoders of
faces want it. A printed tensor shows its corners only.
END
shown "warpcheck coverage --image 1024x1024x3 --matrix '0.18 0.05 -52; -0.05 0.18 -30' --output 112x112 --png face.png"
covered=$(sed -n '1s/.*; \([0-9]*\) of .*/\1/p' said)
skipped=$(cell skipped 2)
must "$(tr -s ' \n' ' ' <said | grep -c 'shows only its four corners .* all of them are zero because they are out of view')" -eq 1
area=$(warpcheck coverage --image 1024x1024x3 --matrix '0.18 0.05 -52; -0.05 0.18 -30' --output 112x112 --kernel area |
    sed -n '1s/.*; \([0-9]*\) of .*/\1/p')
must "$area" -gt $((7 * covered))
must "$covered" -lt "$skipped"
picture face.png 'which pixels get a gradient'
finding "A face crop from 1024x1024 to 112x112 gives $covered pixels a gradient, and none to the four corners that a print of the tensor shows."
finding "Inside the crop $skipped pixels are skipped between the samples, more than are read; with kernel area $area pixels get a gradient."
