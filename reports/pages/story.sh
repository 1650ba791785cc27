# shellcheck shell=sh
cat <<'END'
# The story: a whole-pixel shift

A 64x64 image is shifted by (10, 20), as `cv2.warpAffine` takes its matrix, and a loss is the mean of what
comes out. The printed gradient was zeros. [The story](../../doc/story.md)
END
shown "warpcheck coverage --image 64x64x3 --matrix '1 0 10; 0 1 20' --output 64x64 --border replicate --what-if --png story.png"
must "$(head -n 1 said)" = "7128 of 12288 entries (58.01%) get a gradient; 2376 of 4096 pixels"
must "$(cell out-of-view 2)" -eq 1621
must "$(cell zero-weight 2)" -eq 99
must "$(cell 'border wrap' 3)" -eq 4096
for border in constant reflect reflect_101; do
    must "$(cell "border $border" 3)" -eq 2376
done
picture story.png 'which pixels get a gradient'
finding 'Of a 64x64 image shifted by (10, 20) 2376 pixels get a gradient: 1621 lie out of view, and 99 are read with a weight of exactly 0, because the shift is whole.'
finding 'No border but wrap changes that count: what a border reads instead, other samples read anyway.'
