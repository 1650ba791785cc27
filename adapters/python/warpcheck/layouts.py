"""Layouts: axes of images by letter, as views, whatever the framework."""

from .protocol import Unsupported

# Layouts that a call may have where the function's own is known: axes are permuted, and
# those of one element come and go.
PLANAR = ("HWC", "CHW", "HW", "NHWC", "NCHW")


def shape_in(layout, sizes):
    """The shape of an image with `sizes` (letter -> extent, 1 where missing)."""
    return tuple(sizes.get(letter, 1) for letter in layout)


def sizes_of(layout, shape):
    if len(layout) != len(shape):
        raise Unsupported(f"an array of {len(shape)} axes in layout {layout}")
    return dict(zip(layout, shape))


def convert(framework, array, have, want):
    """A view of an array of layout `have` in layout `want`."""
    if have == want or have is None or want is None:
        return array
    sizes = sizes_of(have, array.shape)
    for letter in have:
        if letter not in want and sizes[letter] != 1:
            raise Unsupported(
                f"{sizes[letter]} along {letter}: the function takes {want}"
            )
    array = array[tuple(slice(None) if a in want else 0 for a in have)]
    kept = [letter for letter in have if letter in want]
    order = [letter for letter in want if letter in kept]
    if order != kept:
        array = framework.permute(array, tuple(kept.index(letter) for letter in order))
    return array[tuple(slice(None) if a in kept else None for a in want)]
