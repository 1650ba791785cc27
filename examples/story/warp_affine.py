"""The warp of the story (doc/story.md): cv2.warpAffine written in torch, so that a
perturbation of the image can be optimised through it.

    python warp_affine.py
    warpcheck verify py:warp_affine.py:warp_affine

It has the two faults that the story tells: the base pixel is truncated, not floored,
and the indices are clamped before the weights are taken, so that border_value has no
say.
"""

import torch


def warp_affine(image, M, output_shape, border_value=0.0):
    """image: HxWxC.  M: 2x3, from source to destination.  output_shape: (h, w)."""
    height, width, _ = image.shape
    whole = torch.cat([M, M.new_tensor([[0.0, 0.0, 1.0]])])
    inverse = torch.linalg.inv(whole).to(image.dtype)
    rows, columns = torch.meshgrid(
        torch.arange(output_shape[0], dtype=image.dtype),
        torch.arange(output_shape[1], dtype=image.dtype),
        indexing="ij",
    )
    x = inverse[0, 0] * columns + inverse[0, 1] * rows + inverse[0, 2]
    y = inverse[1, 0] * columns + inverse[1, 1] * rows + inverse[1, 2]

    left, top = x.long(), y.long()
    right, bottom = left + 1, top + 1
    left, right = left.clamp(0, width - 1), right.clamp(0, width - 1)
    top, bottom = top.clamp(0, height - 1), bottom.clamp(0, height - 1)

    east, south = (x - left).unsqueeze(-1), (y - top).unsqueeze(-1)
    west, north = 1 - east, 1 - south
    return (
        north * west * image[top, left]
        + north * east * image[top, right]
        + south * west * image[bottom, left]
        + south * east * image[bottom, right]
    )


def main():
    image = torch.rand(64, 64, 3, requires_grad=True)
    M = torch.tensor([[1.0, 0.0, 10.0], [0.0, 1.0, 20.0]])
    warp_affine(image, M, (64, 64)).mean().backward()
    reached = image.grad != 0
    print(image.grad)
    print(
        f"{int(reached.sum())} of {reached.numel()} entries get a gradient "
        f"({reached.float().mean():.4f})"
    )


if __name__ == "__main__":
    main()
