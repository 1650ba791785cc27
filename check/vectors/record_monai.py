"""MONAI: networks.blocks.Warp, by torch (its native backend), with gradients.

Random calls alone: there are no recordings of it yet, and no model."""

import warnings

import monai
import numpy
import torch
from monai.networks.blocks import Warp

MODES = {2: ("nearest", "bilinear", "bicubic"), 3: ("nearest", "bilinear")}
PADDINGS = ("zeros", "border", "reflection")


def begin(recorder):
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    versions = {"torch": torch.__version__}
    return recorder("monai", "monai", monai.__version__, **versions)


def record(recorder):
    return ()


def warped(image, flow, upstream, mode, padding):
    """Output and gradients."""
    i = torch.tensor(image, requires_grad=True)
    f = torch.tensor(flow, requires_grad=True)
    output = Warp(mode, padding)(i, f)
    output.backward(torch.tensor(upstream))
    return {
        "image": image,
        "flow": flow,
        "output": output.detach().numpy(),
        "grad_output": upstream,
        "grad_image": i.grad.numpy(),
        "grad_flow": f.grad.numpy(),
    }


def live(out, draw):
    """One random call."""
    axes = draw.pick((2, 2, 3))
    mode, padding = draw.pick(MODES[axes]), draw.pick(PADDINGS)
    dtype = draw.pick(("float64", "float32"))
    batch, channels = draw.between(1, 3), draw.between(1, 3)
    size = draw.size(axes, 17 if axes == 2 else 7)
    image = draw.picture((batch, channels, *size), dtype)
    upstream = draw.picture((batch, channels, *size), dtype)
    points = draw.points((batch, *size), size)
    here = numpy.meshgrid(*(numpy.arange(n) for n in size), indexing="ij")
    flow = numpy.stack([p - h for p, h in zip(points, here)], 1).astype(dtype)
    spec = {"convention": "monai.warp", "interp": mode, "border": padding}
    spec["layout"] = "NCHW" if axes == 2 else "NCDHW"
    name = f"Warp-{axes}d-{mode}-{padding}-{dtype}"
    out.write(name, spec, warped(image, flow, upstream, mode, padding))
