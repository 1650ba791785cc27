"""A perturbation of an image, optimised in torch through a warp and a small encoder.

What perturbation.c does, with grid_sample: samples of a warp to a quarter of the size skip
three pixels of four, and the descent's own loss does not show it.  Through warps that it
never saw, the same but for a shift, the loss stalls; with the remedy that Warpcheck's report
names it falls further.

The report is that of the gradient that torch computed.  It is asked for from the program:
WARPCHECK names it (default: warpcheck).
"""
import os
import subprocess
import tempfile

import numpy
import torch
import torch.nn.functional as functional

SIDE, SMALL, STEPS, RATE, LIMIT = 64, 16, 100, 0.5, 0.1
torch.manual_seed(7)
FIRST = torch.randn(8, 3, 4, 4, dtype=torch.float64) * 4 / 48**0.5
SECOND = torch.randn(12, 128, dtype=torch.float64) / 128**0.5


def bilinear(image, x=0.0, y=0.0):
    """A quarter of the size, samples moved by (x, y) pixels of the image."""
    move = torch.tensor([[1, 0, 2 * x / SIDE], [0, 1, 2 * y / SIDE]], dtype=image.dtype)
    grid = functional.affine_grid(move[None], (1, 3, SMALL, SMALL), align_corners=False)
    return functional.grid_sample(image, grid, padding_mode="border", align_corners=False)


def area(image):
    """The remedy: each output is the mean of the 4x4 pixels that it stands for."""
    return functional.interpolate(image, size=(SMALL, SMALL), mode="area")


def encode(small):
    hidden = torch.tanh(functional.conv2d(small - 0.5, FIRST, stride=4))
    return SECOND @ hidden.flatten()


def images():
    """The image to be perturbed, slopes and a stripe; the one it is to be taken for, a disc."""
    y, x = torch.meshgrid(*[torch.arange(SIDE, dtype=torch.float64)] * 2, indexing="ij")
    slopes = torch.stack([x, y, SIDE - x]) * 0.4 / SIDE + 0.3
    inside = torch.hypot(x - 37, y - 26) < 17
    disc = [torch.where(inside, 0.85 - 0.2 * c, 0.2 + 0.1 * c) for c in range(3)]
    return (slopes + 0.1 * torch.sin((x + 2 * y) / 9))[None], torch.stack(disc)[None].double()


def loss(small, code):
    return ((encode(small) - code) ** 2).sum()


def unseen(image, code):
    """The mean loss through 16 warps that no descent saw."""
    shifts = [-1.6, -0.7, 0.4, 1.3]
    losses = [loss(bilinear(image, x, y), code) for x in shifts for y in shifts]
    return (sum(losses) / len(losses)).item()


def gradients(warp, image, code):
    """Of the loss, with respect to the image and to the warp's output."""
    image = image.clone().requires_grad_()
    small = warp(image)
    small.retain_grad()
    loss(small, code).backward()
    return image.grad, small.grad


def report(image_grad, small_grad):
    with tempfile.TemporaryDirectory() as folder:
        numpy.save(folder + "/image.grad.npy", image_grad.numpy())
        numpy.save(folder + "/small.grad.npy", small_grad.numpy())
        program = os.path.abspath(os.environ["WARPCHECK"]) if "WARPCHECK" in os.environ else "warpcheck"
        subprocess.run(
            [program, "coverage", "--gradient", "image.grad.npy", "--upstream", "small.grad.npy",
             "--layout", "NCHW", "--matrix", "4 0 1.5; 0 4 1.5", "--inverse-map",
             "--border", "replicate", "--what-if"], cwd=folder, check=True)


def descend(name, warp, image, code):
    perturbed, halfway = image, None
    for step in range(STEPS):
        if step == STEPS // 2:
            halfway = unseen(perturbed, code)
        moved = perturbed - image - RATE * gradients(warp, perturbed, code)[0]
        perturbed = image + moved.clamp(-LIMIT, LIMIT)
    pixels = (gradients(warp, image, code)[0] != 0).any(1).sum().item()
    print(f"{name:10}  {pixels:6}  {loss(warp(image), code).item():8.4f}  "
          f"{loss(warp(perturbed), code).item():8.4f}  {unseen(image, code):8.4f}  {halfway:8.4f}  "
          f"{unseen(perturbed, code):8.4f}")


def main():
    image, other = images()
    code = encode(area(other))
    report(*gradients(bilinear, image, code))
    print(f"\n{STEPS} steps; the loss through the descent's own warp, and the mean through 16 unseen ones\n")
    for words in ("descent pixels own own unseen unseen unseen",
                  "through moved before after before halfway after"):
        first, *rest = words.split()
        print(f"{first:10}  {rest[0]:>6}  " + "  ".join(f"{word:>8}" for word in rest[1:]))
    for name, warp in (("bilinear", bilinear), ("area", area)):
        descend(name, warp, image, code)


main()
