"""Recorder: takes a recording of a torch warp inside a real training step, and says
what became of the image's gradient.

    with warpcheck.record("step.npz") as r:
        output = r(torch.nn.functional.grid_sample, image, grid, align_corners=False)
        encoder(output).mean().backward()
    print(r.diagnosis)

The function gets views of the tensors.  A hook on the view of the image sees what comes
back through the warp alone; a hook on the image itself sees everything that reaches it:
where the two differ, another path leads past the warp."""

import dataclasses
import gc
import inspect

import numpy

from . import libraries
from .binding import MAPS, Binding, complete
from .frameworks import Torch
from .recording import Recording

# What the recorder knows of a call, besides its arrays, in the words of spec.json.
CHOICES = ("interp", "border", "align_corners", "inverse_map")


@dataclasses.dataclass
class Observation:
    """`kind`: no-backward, no-graph, none, detached, non-leaf, lost, zero, tiny,
    bypass or reached; `text` says it in a sentence."""

    kind: str
    text: str


@dataclasses.dataclass
class Diagnosis:
    """What was seen; the arrays are NumPy's, None where there was no gradient.
    `grad_image` came through the warp, `grad_total` all ways."""

    path: str
    observations: list
    grad_output: numpy.ndarray = None
    grad_image: numpy.ndarray = None
    grad_total: numpy.ndarray = None

    def has(self, kind):
        return any(o.kind == kind for o in self.observations)

    def __str__(self):
        lines = [f"{o.kind}: {o.text}" for o in self.observations]
        lines.append(f"again: warpcheck verify recording:{self.path}")
        return "\n".join(lines)


class record:
    """Records one call.  `choices` are keys of spec.json (convention, interp, border,
    layout, align_corners, ...); those of a known library's function are read off its
    arguments.  `bind` maps roles to parameters, where their names do not say it."""

    def __init__(self, path, *, bind=None, **choices):
        self.path, self.bind, self.choices = str(path), bind or {}, choices
        self.torch = Torch()
        self.tensors, self.gradients, self.spec = {}, {}, None
        self.originals, self.output, self.diagnosis = {}, None, None
        self.copied, self.cut = False, False

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            self.finish()

    def wrap(self, function):
        """The function, recorded: to put in its place inside a model."""

        def recorded(*args, **kwargs):
            return self(function, *args, **kwargs)

        return recorded

    def __call__(self, function, *args, **kwargs):
        """function(*args, **kwargs), recorded."""
        if self.spec is not None:
            raise ValueError(f"{self.path}: one recording is one call")
        binding = binding_of(function, self.bind)
        bound = inspect.signature(function).bind(*args, **kwargs)
        bound.apply_defaults()
        self.spec = self.spec_of(binding, bound.arguments)
        for role in ("image", *MAPS, "border_value"):
            parameter = binding.roles.get(role)
            if bound.arguments.get(parameter) is not None:
                value = self.keep(role, bound.arguments[parameter])
                bound.arguments[parameter] = value
        if "image" not in self.tensors or not set(MAPS) & set(self.tensors):
            raise ValueError(
                "no parameter is bound to the image, or none to its map: "
                "say bind={'image': PARAMETER, 'matrix': PARAMETER}"
            )
        self.output = self.joined(function(*bound.args, **bound.kwargs))
        self.watch("output", self.output)
        return self.output

    def joined(self, output):
        """An output that has lost its graph, though an input wants a gradient, begins
        one of its own: what comes back to it is the upstream gradient."""
        torch = self.torch.module
        if (
            not isinstance(output, torch.Tensor)
            or output.requires_grad
            or not (output.is_floating_point() and torch.is_grad_enabled())
            or not any(value.requires_grad for value in self.originals.values())
        ):
            return output
        self.cut = True
        return output.detach().requires_grad_().clone()

    def wanting(self):
        """The inputs that want a gradient, by themselves or, of the image, by the
        tensor that it is a detached copy of."""
        names = [name for name, value in self.originals.items() if value.requires_grad]
        return ["image", *names] if self.copied else names

    def lost(self):
        """Those that got none, though a gradient came back to the output."""
        if "output" not in self.gradients:
            return []
        return [name for name in self.wanting() if name not in self.gradients]

    def keep(self, role, value):
        """What the function gets for a tensor: a view of it, which is watched."""
        if not isinstance(value, self.torch.module.Tensor):
            self.tensors[role] = value
            return value
        self.originals[role] = value
        view = value.view_as(value)
        self.tensors[role] = view
        self.watch(role, view)
        if role == "image":
            self.watch("total", value)
            self.copied = not value.requires_grad and self.is_copy(value)
        return view

    def is_copy(self, value):
        """Does a tensor that requires a gradient have the same memory, as after
        x.detach(), or torch.from_numpy(x.detach().numpy())?"""
        torch = self.torch.module
        if not value.is_floating_point() or value.numel() == 0:
            return False

        def memory(tensor):
            return tensor.device, tensor.dtype, tensor.numel(), tensor.data_ptr()

        return any(
            issubclass(type(other), torch.Tensor)
            and other.layout == torch.strided
            and other.requires_grad
            and memory(other) == memory(value)
            for other in gc.get_objects()
        )

    def watch(self, name, tensor):
        """Adds up the gradients of a tensor: there may be several backward passes."""
        if not tensor.requires_grad:
            return

        def hook(gradient):
            if gradient is None:
                return
            before = self.gradients.get(name)
            gradient = gradient.detach()
            self.gradients[name] = (
                gradient.clone() if before is None else before + gradient
            )

        tensor.register_hook(hook)

    def spec_of(self, binding, arguments):
        spec = {"version": self.torch.version}
        if binding.convention is not None:
            spec["convention"] = binding.convention
        for role in CHOICES:
            value = arguments.get(binding.roles.get(role))
            if value is not None:
                words = {
                    theirs: ours for ours, theirs in binding.words.get(role, {}).items()
                }
                spec[role] = words.get(value, value)
        spec.update(self.choices)
        if "convention" not in spec:
            raise ValueError(
                "whose warp is it?  Say convention=NAME, one of those that "
                "warpcheck list conventions prints"
            )
        return spec

    def finish(self):
        """Writes the recording, after the backward pass; returns the diagnosis, which
        is also self.diagnosis."""
        if self.output is None:
            raise ValueError(
                f"{self.path}: nothing was recorded: call the recorder with "
                "the warp and its arguments"
            )
        arrays = {name: self.array(tensor) for name, tensor in self.tensors.items()}
        arrays["output"] = self.array(self.output)
        if "output" in self.gradients:
            arrays["grad_output"] = self.array(self.gradients["output"])
            for name in self.tensors:
                if name in self.gradients:
                    arrays["grad_" + name] = self.array(self.gradients[name])
        if "border_value" in arrays:
            arrays["border_value"] = numpy.atleast_1d(arrays["border_value"])
        for name in self.lost():  # None is zero, as the worker has it
            arrays["grad_" + name] = numpy.zeros_like(arrays[name])
        Recording(self.spec, arrays).write(self.path)
        found = {key: self.array(self.gradients.get(key)) for key in ("image", "total")}
        self.diagnosis = Diagnosis(
            self.path,
            self.observe(arrays, **found),
            arrays.get("grad_output"),
            found["image"],
            found["total"],
        )
        return self.diagnosis

    def array(self, value):
        if value is None or not isinstance(value, self.torch.module.Tensor):
            return None if value is None else numpy.asarray(value, dtype=float)
        if value.dtype == self.torch.module.bfloat16:
            raise ValueError("NumPy has no bfloat16: record the step in float32")
        return value.detach().cpu().numpy()

    def observe(self, arrays, image, total):
        seen = list(of_want(self.originals.get("image"), self.copied))
        if not self.wanting():
            return seen
        if self.cut or not self.output.requires_grad:
            seen.append(
                say(
                    "no-graph",
                    "the output has no graph: the warp ran under no_grad, "
                    "or detached all that it read",
                )
            )
        elif "grad_output" not in arrays:
            seen.append(
                say(
                    "no-backward",
                    "no gradient came back to the output: no backward "
                    "pass was run, or the loss does not depend on it",
                )
            )
        seen += of_lost(self.lost(), self.copied)
        if image is not None:
            seen += of_image(image, arrays)
        return seen + list(of_bypass(image, total))


def say(kind, text):
    return Observation(kind, text)


def binding_of(function, bind):
    binding = libraries.row(libraries.name_of(function)) or Binding()
    binding = binding.merged(getattr(function, "__warpcheck__", Binding()))
    return complete(function, binding.merged(Binding(roles=dict(bind))), partial=True)


def of_want(image, copied):
    """Does the image want a gradient, and where would it arrive?"""
    if copied:
        yield say(
            "detached",
            "the image passed in is a detached copy of a tensor that requires a "
            "gradient, whose memory it shares (x.detach(), x.numpy()): none passes "
            "back. Where that is meant, x.detach().clone() says so",
        )
    elif image is None or not image.requires_grad:
        yield say(
            "none",
            "the image does not require a gradient: "
            "image.requires_grad_() before the warp; or what was passed in is a "
            "detached copy of one that does (x.detach(), x.numpy(), under no_grad)",
        )
    elif not image.is_leaf:
        yield say(
            "non-leaf",
            "the image is the result of other operations, so image.grad "
            "stays None without image.retain_grad(); the gradient here "
            "was taken by a hook",
        )


def of_lost(names, copied):
    for name in names:
        where = "before" if copied and name == "image" else "inside"
        yield say(
            "lost",
            f"the warp passes no gradient back to the {name} (None): it was "
            f"detached, or made a NumPy array, {where} the warp. None is zero: "
            f"so it is recorded, as grad_{name}",
        )


def of_image(gradient, arrays):
    """Through the warp: all zero, tiny, or there."""
    largest, entries = abs(gradient).max(initial=0), numpy.count_nonzero(gradient)
    reached = f"{entries} of {gradient.size} entries of the image get a gradient"
    if entries == 0:
        sent = numpy.count_nonzero(arrays["grad_output"])
        yield say(
            "zero",
            (
                f"{reached}, though {sent} entries of the output have one"
                if sent
                else f"{reached}: that of the output is zero everywhere"
            ),
        )
        return
    # A step of learning rate 1 is lost in the rounding of the largest pixel.
    unit = numpy.finfo(gradient.dtype).eps / 2
    if largest < unit * abs(arrays["image"]).max(initial=0):
        yield say(
            "tiny",
            f"{reached}; the largest is {largest:.3g}: tiny, not zero. A step "
            "of learning rate 1 would be lost in rounding; scale the loss",
        )
        return
    yield say("reached", f"{reached}; the largest is {largest:.3g}")


def of_bypass(gradient, total):
    """Another path past the warp: the total differs from what came through the warp by
    more than the rounding of one addition."""
    if total is None:
        return
    through = numpy.zeros_like(total) if gradient is None else gradient
    unit = numpy.finfo(total.dtype).eps
    beyond = abs(total - through) > unit * abs(total)
    if beyond.any():
        yield say(
            "bypass",
            f"{numpy.count_nonzero(beyond)} entries of image.grad have a "
            "part that did not come through the warp: the loss also reads "
            "the image another way",
        )
