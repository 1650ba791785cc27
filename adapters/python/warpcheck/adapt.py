"""Adapt: a function, its binding and its framework together answer calls."""

import inspect

import numpy

from . import layouts
from .arguments import HARNESS, Arguments, Call
from .binding import MAPS, NAMES
from .protocol import Slot, Unsupported


COLOURS = 4  # channels that every function of images is taken to have


class WritesInput(Exception):
    """The function changes an array that it was given."""


class Adapted:
    """Answers calls with Slots in the layouts of the call."""

    def __init__(self, function, binding, framework, trusting=False):
        """`trusting`: no word is tried before it is used."""
        self.function, self.binding, self.framework = function, binding, framework
        self.convention = binding.convention or HARNESS
        self.trusting = trusting or self.convention != HARNESS
        self.known = {}
        self.written = None  # names of inputs that it wrote to; None: not tried yet
        self.bound = Arguments(binding, framework, self.knows)

    def serves(self):
        roles = self.binding.roles
        served = {
            "conventions": [self.convention],
            "arrays": [name for name in MAPS if name in roles and name != "map_y"],
            "gradients": self.gradients(),
        }
        if self.tangents():
            served["tangents"] = self.tangents()
            served["along"] = self.tangents()
        if self.binding.dtypes is not None:
            served["dtypes"] = self.binding.dtypes
        if self.framework.views and not self.binding.writable:
            served["strides"] = ["inputs"]  # what a function returns is copied
        return served

    def gradients(self):
        if self.binding.gradients is not None:
            return list(self.binding.gradients)
        if self.binding.vjp is not None:
            return ["image"]
        return self.differentiable()

    def tangents(self):
        """Of which inputs forward mode is served: by the framework alone."""
        declared = self.binding.gradients
        names = self.differentiable()
        return names if declared is None else [n for n in names if n in declared]

    def differentiable(self):
        """The inputs that the framework differentiates by."""
        if not self.framework.differentiates:
            return []
        names = ["image", *MAPS]
        if self.binding.fill != "number":
            names.append("border_value")
        return [name for name in names if name in self.binding.roles]

    def forward(self, call):
        self.refuse_writes(call)
        return self.framework.slot("output", self.output_of(call))

    def output_of(self, call):
        """Some ask for arrays that they may write to, and do not: they get copies."""
        try:
            return self.output(call, self.tensors(call))
        except ValueError as error:
            if "read-only" not in str(error) or self.binding.writable:
                raise
            if self.writes_of(call):
                raise
            self.binding.writable = True
            return self.output(call, self.tensors(call))

    @property
    def keeps_size(self):
        """No parameter says how large the output is, nor does an array."""
        roles = self.binding.roles
        return not (
            "output_shape" in roles
            or any(name in NAMES["output_shape"] for name in self.binding.computed)
            or any(name in roles for name in MAPS if name != "matrix")
        )

    def refuse_writes(self, call):
        """The host's arrays are read-only, which not every framework knows: a function
        that writes to them would die of it without a word.  The first call is tried on
        copies before."""
        read_only = any(not slot.data.flags.writeable for slot in call.arrays.values())
        if not read_only or self.framework.obeys_read_only or self.binding.writable:
            return
        if self.written is None:
            self.written = self.writes_of(call)
        if self.written:
            raise WritesInput(
                f"the function writes to its input {' and '.join(self.written)}, in "
                "place; where that is meant, --set writable=yes gives it a copy"
            )

    def writes_of(self, call):
        roles = self.binding.roles
        copies = {
            name: Slot(name, slot.dtype, slot.data.copy())
            for name, slot in call.arrays.items()
            if name in roles
        }
        trial = Call(call.spec, {**call.arrays, **copies}, call.output_shape)
        self.output(trial, self.tensors(trial))
        return [
            name
            for name, copy in copies.items()
            if copy.data.tobytes() != call.arrays[name].data.tobytes()
        ]

    def vjp(self, call, wanted):
        """({name: Slot}, lost): the gradients of sum(output * grad_output) with respect
        to the named arrays.  What is in neither the function cannot give; `lost` are
        those that the framework has no path to, whose gradient is 0."""
        tensors = self.tensors(call)
        upstream = self.framework.array(call.arrays["grad_output"])
        wanted = [
            name for name in wanted if name in self.gradients() and name in tensors
        ]
        if self.binding.vjp is not None:
            return self.own_vjp(call, tensors, upstream, wanted), []
        leaves = {name: tensors[name] for name in wanted}
        found = self.framework.pull(
            lambda leaves: self.output(call, {**tensors, **leaves}), leaves, upstream
        )
        lost = [name for name in wanted if found[name] is None]
        return {
            name: self.slot_or_zeros(call.arrays[name], found[name]) for name in wanted
        }, lost

    def jvp(self, call):
        """The output's tangent, for those of the inputs that are given."""
        self.refuse_writes(call)
        tensors, given, prefix = self.tensors(call), {}, "tangent_"
        for name, slot in call.arrays.items():
            if not name.startswith(prefix):
                continue
            role = name[len(prefix) :]
            if role not in self.tangents() or role not in tensors:
                raise Unsupported(f"the function has no forward mode of its {role}")
            given[role] = self.framework.array(self.copied(slot))
        leaves = {role: tensors[role] for role in given}
        tangent = self.framework.push(
            lambda leaves: self.output(call, {**tensors, **leaves}), leaves, given
        )
        return self.framework.slot("tangent_output", tangent)

    def second(self, call, wanted):
        """{name: Slot}: the derivatives of the gradients along those that are given,
        with respect to grad_output and the inputs that are named.  What has no path to
        them in the framework is 0."""
        self.refuse_writes(call)
        tensors, along = self.tensors(call), {}
        for name, slot in call.arrays.items():
            if not name.startswith("along_"):
                continue
            role = name[len("along_") :]
            if role not in self.tangents() or role not in tensors:
                raise Unsupported(f"the function has no double backward of its {role}")
            along[role] = self.framework.array(self.copied(slot))
        for name in wanted:
            if name != "grad_output" and (
                name not in self.tangents() or name not in tensors
            ):
                raise Unsupported(f"the function has no double backward of its {name}")
        upstream = self.framework.array(self.copied(call.arrays["grad_output"]))
        roles = dict.fromkeys([*along, *(n for n in wanted if n != "grad_output")])
        found = self.framework.pull_twice(
            lambda leaves: self.output(call, {**tensors, **leaves}),
            {role: tensors[role] for role in roles},
            upstream,
            along,
        )
        return {
            name: self.slot_or_zeros(call.arrays[name], found[name], "second_")
            for name in wanted
        }

    def slot_or_zeros(self, like, gradient, prefix="grad_"):
        if gradient is None:
            return Slot(prefix + like.name, like.dtype, numpy.zeros_like(like.data))
        return self.framework.slot(prefix + like.name, gradient)

    def own_vjp(self, call, tensors, upstream, wanted):
        """By the function that the binding names: the gradient of the image alone, or
        {role: gradient}."""
        if self.keeps_size and call.output_shape != call.arrays["image"].data.shape:
            self.output(call, tensors)  # may refuse the size
        arguments = self.bound.of(call, tensors)
        layout = self.binding.layout
        upstream = layouts.convert(self.framework, upstream, call.layout, layout)
        gradients = self.binding.vjp(grad_output=upstream, **arguments)
        if not isinstance(gradients, dict):
            gradients = {"image": gradients}
        if "image" in gradients:
            gradients["image"] = layouts.convert(
                self.framework, gradients["image"], layout, call.layout
            )
        return {
            name: self.framework.slot("grad_" + name, gradients[name])
            for name in wanted
            if name in gradients
        }

    def tensors(self, call):
        """The arrays that the function reads, as its framework has them."""
        if call.convention != self.convention:
            raise Unsupported(
                f"the function's convention is {self.convention}, "
                f"not {call.convention}"
            )
        roles = self.binding.roles
        if not any(name in call.arrays and name in roles for name in MAPS):
            raise Unsupported("the function takes another kind of map")
        dtypes, dtype = self.binding.dtypes, call.arrays["image"].dtype
        if dtypes is not None and dtype not in dtypes:
            raise Unsupported(f"the function takes {', '.join(dtypes)}, not {dtype}")
        self.refuse_channels(call)
        return {
            name: self.framework.array(self.copied(slot))
            for name, slot in call.arrays.items()
            if name in roles
        }

    def refuse_channels(self, call):
        """Many functions of images end at four channels, as words do that they do not
        know: a small call tells."""
        shape = call.arrays["image"].data.shape
        channels = layouts.sizes_of(call.layout, shape).get("C", 1)
        if channels <= COLOURS or self.trusting:
            return
        if channels not in self.known:
            self.known[channels] = self.takes({}, channels)
        if not self.known[channels]:
            raise Unsupported(f"the function refuses {channels} channels")

    def copied(self, slot):
        if not self.binding.writable:
            return slot
        return Slot(slot.name, slot.dtype, slot.data.copy())

    def output(self, call, tensors):
        output = invoke(self.function, self.bound.of(call, tensors))
        layout = self.binding.layout
        output = layouts.convert(self.framework, output, layout, call.layout)
        if self.keeps_size and tuple(numpy.shape(output)) != call.output_shape:
            raise Unsupported("the function's outputs have the image's size")
        return output

    def knows(self, role, word):
        """Does the function take this word?  A small call tells, once a word; under the
        convention of a library its own words are taken on trust."""
        if not self.trusting and (role, word) not in self.known:
            self.known[role, word] = self.takes({role: word})
        return self.known.get((role, word), True)

    def takes(self, words, channels=3):
        trial = Adapted(self.function, self.binding, self.framework, trusting=True)
        try:
            trial.forward(tiny(self.binding, words, channels))
        except Exception:
            return False
        return True


def invoke(function, arguments):
    """Calls by name, or by position where the function insists on it."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return function(**arguments)
    rest, positional = dict(arguments), []
    for parameter in parameters:
        if parameter.kind is parameter.POSITIONAL_ONLY and parameter.name in rest:
            positional.append(rest.pop(parameter.name))
    return function(*positional, **rest)


def tiny(binding, words=(), channels=3):
    """A small call of the harness's own convention: no two extents are the same."""
    layout = binding.layout or "HWC"
    dtype = (binding.dtypes or ["float32"])[0]
    usual = {
        "interp": binding.interp or "bilinear",
        "border": binding.border or "constant",
    }
    sizes = {"N": 2, "C": channels, "H": 6, "W": 7}
    value = 160 if dtype == "uint8" else 0.625
    image = numpy.full(layouts.shape_in(layout, sizes), value, dtype)
    keeps_size = "matrix" in binding.roles and "output_shape" not in binding.roles
    smaller = sizes if keeps_size else {**sizes, "H": 4, "W": 5}
    y, x = numpy.mgrid[0:4, 0:5].astype(numpy.float64)
    arrays = {
        "image": image,
        "border_value": numpy.zeros(sizes["C"] if "C" in layout else 1),
    }
    if "matrix" in binding.roles:
        arrays["matrix"] = numpy.array([[1.0, 0.0, 0.25], [0.0, 1.0, 0.5]])
    else:
        arrays.update(map_x=x + 0.25, map_y=y + 0.5)
    spec = {"convention": HARNESS, "layout": layout, **usual, **dict(words)}
    slots = {name: Slot(name, a.dtype.name, a) for name, a in arrays.items()}
    return Call(spec, slots, layouts.shape_in(layout, smaller))
