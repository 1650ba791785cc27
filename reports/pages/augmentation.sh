# shellcheck shell=sh
cat <<'END'
# An augmentation: random warps

200 random warps, as augmentations make them; the picture says in what share of them each pixel has a gradient.
END
shown "warpcheck coverage --image 64x64 --random 200 --rotate -15:15 --scale 0.8:1.2 --shift -10:10 --png augmentation.png"
always=$(cell 'all of the warps' 5)
sometimes=$(cell 'some, but not all' 5)
must "$((always + sometimes))" -eq 4096
must "$(grep -c alternates said)" -eq 0
picture augmentation.png 'share of the warps'
echo
echo 'Half the size, with samples on every second pixel, always the same:'
shown "echo '0.5 0 0 0 0.5 0' | warpcheck coverage --image 64x64 --matrices - --output 32x32 --png alternating.png"
must "$(cell none 2)" -eq 3072
must "$(grep -c alternates said)" -eq 3
picture alternating.png 'share of the warps'
echo
echo 'The same, shifted at random by up to a pixel:'
shown "warpcheck coverage --image 64x64 --random 200 --scale 0.5 --shift -1:1 --output 32x32 --png even.png"
must "$(cell none 3)" -eq 0
must "$(grep -c alternates said)" -eq 0
picture even.png 'share of the warps'
finding "Of a 64x64 image that is turned by up to 15 degrees, scaled by 0.8 to 1.2 and shifted by up to 10 pixels, $always of 4096 pixels get a gradient in every warp, and the others in some: what is learnt there is learnt from fewer."
finding 'A scale of 1/2 with samples on whole pixels reads a quarter of the pixels, the same ones in every step: a perturbation learnt through it has a grid. Shifts at random by a pixel either way even that out.'
