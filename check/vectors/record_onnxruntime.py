"""onnxruntime: the operator GridSample of opsets 16, 20 and 22 (on the CPU).

Not recorded: reflection of huge coordinates, where it has no digits left, and of one
pixel with align_corners (a division by 0).  It refuses cubic in three dimensions.
"""

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper

MODES = {
    16: ("nearest", "bilinear", "bicubic"),
    20: ("nearest", "linear", "cubic"),
    22: ("nearest", "linear", "cubic"),
}
NAMES = {"linear": "bilinear", "cubic": "bicubic"}
PADDINGS = ("zeros", "border", "reflection")
SIZES = {
    True: [("exact", (5, 9)), ("prime", (7, 11))],
    False: [("exact", (4, 8)), ("prime", (11, 7))],
}
OUTPUT = (8, 13)
SOLID = {True: (3, 5, 9), False: (4, 2, 8)}
TYPES = {"float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE}


def begin(recorder):
    version = onnxruntime.__version__
    return recorder("onnxruntime", "onnxruntime", version, onnx=onnx.__version__)


def record(recorder):
    out = begin(recorder)
    for padding in PADDINGS:
        for align in (True, False):
            for mode in MODES[16]:
                for label, source in SIZES[align]:
                    flat(out, 16, mode, padding, align, label, source)
                if not (align and padding == "reflection"):
                    thin(out, mode, padding, align)
            for mode in MODES[20]:
                flat(out, 20, mode, padding, align, *SIZES[align][0])
                if mode != "cubic":
                    solid(out, mode, padding, align)
        for mode in MODES[22]:
            flat(out, 22, mode, padding, False, "float64", (7, 11), "float64")
        if padding != "reflection":
            for mode in MODES[16]:
                special = {"kind": "special"}
                flat(out, 16, mode, padding, False, "special", (7, 11), **special)
    yield out


def thin(out, mode, padding, align):
    for size in ((5, 1), (1, 1)):
        flat(out, 16, mode, padding, align, "%dx%d" % size, size)


def session(opset, mode, padding, align, dtype, rank):
    """A graph of the one operator."""
    kind = TYPES[dtype]
    image = helper.make_tensor_value_info("image", kind, [None] * rank)
    grid = helper.make_tensor_value_info("grid", kind, [None] * rank)
    output = helper.make_tensor_value_info("output", kind, [None] * rank)
    options = {"mode": mode, "padding_mode": padding, "align_corners": int(align)}
    node = helper.make_node("GridSample", ["image", "grid"], ["output"], **options)
    graph = helper.make_graph([node], "one", [image, grid], [output])
    version = [helper.make_opsetid("", opset)]
    model = helper.make_model(graph, opset_imports=version, ir_version=8)
    providers = ["CPUExecutionProvider"]
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=providers)


def normalise(axes, extents, align):
    parts = []
    for u, n in zip(axes, extents):
        if align:
            parts.append(2 * u / (n - 1) - 1 if n > 1 else u - 0.5)
        else:
            parts.append((2 * u + 1) / n - 1)
    return numpy.stack(parts[::-1], axis=-1)


def store(out, name, setting, source, size, kind="points"):
    make = out.inputs(name)
    image = make.image((1, 2, *source), setting[-1])
    axes = getattr(make, kind)((1, *size), source)
    grid = normalise(axes, source, setting[3]).astype(setting[-1])
    sample(out, name, setting, image, grid)


def sample(out, name, setting, image, grid):
    """setting: opset, mode, padding, align, dtype."""
    opset, mode, padding, align, _ = setting
    run = session(*setting, image.ndim)
    output = run.run(None, {"image": image, "grid": grid})[0]
    spec = {
        "convention": "onnx.GridSample",
        "interp": NAMES.get(mode, mode),
        "border": padding,
        "align_corners": align,
        "layout": "NCHW" if image.ndim == 4 else "NCDHW",
        "opset": opset,
    }
    out.write(name, spec, {"image": image, "grid": grid, "output": output})


def flat(
    out, opset, mode, padding, align, label, source, dtype="float32", kind="points"
):
    corners = "corners" if align else "edges"
    name = f"GridSample{opset}-{mode}-{padding}-{corners}-{label}"
    store(out, name, (opset, mode, padding, align, dtype), source, OUTPUT, kind)


def solid(out, mode, padding, align):
    corners = "corners" if align else "edges"
    name = f"GridSample20-{mode}-{padding}-{corners}-solid"
    store(out, name, (20, mode, padding, align, "float32"), SOLID[align], (2, 8, 9))


def live(out, draw):
    """One random call; of two dimensions where it is cubic, and float32 but in opset 22
    (README.md)."""
    opset, align = draw.pick(MODES), draw.pick((True, False))
    mode, padding = draw.pick(MODES[opset]), draw.pick(PADDINGS)
    dtype = draw.pick(TYPES) if opset == 22 else "float32"
    rank = 2 if opset == 16 or mode == "cubic" else draw.pick((2, 2, 3))
    least = 3 if align and padding == "reflection" else 2  # never an axis of one pixel
    source = draw.size(rank, 19 if rank == 2 else 7, least)
    size = draw.size(rank, 15 if rank == 2 else 6)
    batch, channels = draw.between(1, 3), draw.between(1, 4)
    image = draw.picture((batch, channels, *source), dtype)
    axes = draw.points((batch, *size), source)
    grid = normalise(axes, source, align).astype(dtype)
    name = f"GridSample{opset}-{mode}-{padding}-{dtype}"
    sample(out, name, (opset, mode, padding, align, dtype), image, grid)
