# shellcheck shell=sh
cat <<'END'
# A quarter of the size: holes

A 128x128 image is made 32x32 by bilinear samples, centres aligned, without antialiasing:
`torch.nn.functional.interpolate(mode="bilinear")`, `cv2.resize(INTER_LINEAR)` and every grid_sample do that.
END
shown "warpcheck coverage --image 128x128 --matrix '4 0 1.5; 0 4 1.5' --inverse-map --output 32x32 --what-if --png downscale.png"
must "$(head -n 1 said)" = "4096 of 16384 entries (25.00%) get a gradient; 4096 of 16384 pixels"
must "$(cell skipped 2)" -eq 12288
must "$(cell 'kernel area' 3)" -eq 16384
must "$(cell 'kernel nearest' 3)" -eq 1024
picture downscale.png 'which pixels get a gradient'
finding 'A bilinear downscale by 4 reads 2x2 of each 4x4 pixels: three of four cannot influence it, nor get a gradient. Nearest reads one of sixteen.'
finding 'An area kernel (an average of what each output pixel stands for) reads them all; [the perturbation example](../../examples/README.md) shows what that is worth.'
