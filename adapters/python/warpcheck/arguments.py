"""Arguments: what each role of a binding is in one call."""

import dataclasses

import numpy

from . import layouts
from .choices import takes_fill, untold
from .protocol import Unsupported

HARNESS = "warp"  # the harness's own convention (doc/protocol.md)
FILLED = ("constant", "grid-constant", "fill")  # borders that read the border value
BY_AXES = {2: "HW", 3: "HWC", 4: "NCHW", 5: "NCDHW"}


@dataclasses.dataclass
class Call:
    """A call: the spec, the arrays that came, by name, and the output's shape."""

    spec: dict
    arrays: dict  # name -> Slot
    output_shape: tuple

    @property
    def convention(self):
        return self.spec.get("convention", HARNESS)

    @property
    def layout(self):
        return self.spec.get("layout") or BY_AXES[self.arrays["image"].data.ndim]

    @property
    def output_sizes(self):
        return layouts.sizes_of(self.layout, self.output_shape)


class Arguments:
    """{parameter: value} of calls, by a binding, in a framework.  `knows(role, word)`
    says whether the function takes a word of ours."""

    def __init__(self, binding, framework, knows):
        self.binding, self.framework, self.knows = binding, framework, knows

    def of(self, call, tensors):
        arguments = dict(self.binding.constants)
        for role, parameter in self.binding.roles.items():
            value = self.value(role, call, tensors)
            if value is not None:
                arguments[parameter] = value
        for parameter, compute in self.binding.computed.items():
            arguments[parameter] = compute(call)
        self.refuse_fixed(call)
        return arguments

    def value(self, role, call, tensors):
        """None where the function's own default is to do."""
        if role in ("interp", "border"):
            return self.word(role, call.spec.get(role))
        if role == "output_shape":
            return self.size(call)
        if role not in tensors:
            return call.spec.get(role)
        if role == "image":
            return self.image(call, tensors["image"], call.layout)
        if role == "border_value":
            return self.fill(tensors[role], tensors)
        tensor = self.as_map(tensors[role], tensors)
        if self.binding.batched:
            tensor = self.for_all_items(call, role, tensor)
        return self.matrix(call, tensor) if role == "matrix" else tensor

    def image(self, call, tensor, layout):
        return layouts.convert(self.framework, tensor, layout, self.binding.layout)

    def word(self, role, word):
        if word is None:
            return None
        words = self.binding.words.get(role)
        if words is not None:
            if word not in words:
                raise Unsupported(f"the function has no {role} {word!r}")
            return words[word]
        if not self.knows(role, word):
            raise Unsupported(f"the function refuses {role} {word!r}")
        return word

    def refuse_fixed(self, call):
        """What no parameter chooses must be what the function does."""
        for role, usual in (("interp", "bilinear"), ("border", "constant")):
            fixed = getattr(self.binding, role)
            chosen = role in self.binding.roles or self.binding.computed
            if fixed is None and (chosen or call.convention != HARNESS):
                continue
            if call.spec.get(role, fixed or usual) != (fixed or usual):
                raise Unsupported(f"the function's {role} is {fixed or usual}")
        self.refuse_untold(call)
        fill = call.arrays.get("border_value")
        if fill is None or takes_fill(self.binding, call.convention):
            return
        if call.spec.get("border") in FILLED and numpy.any(fill.data != 0):
            raise Unsupported(
                "the function has no parameter for the border value; "
                "it can be asked with border value 0"
            )

    def refuse_untold(self, call):
        """What the function cannot be told is not its answer to be wrong about."""
        found = untold(self.binding, call.convention, call.spec)
        if found is None:
            return
        parameter, chosen, default = found
        raise Unsupported(
            f"the function cannot be told {chosen!r}: "
            f"it has no parameter {parameter!r}, and is asked for {default!r} alone"
        )

    def size(self, call):
        sizes = call.output_sizes
        if self.binding.size_order == "layout":
            return layouts.shape_in(self.binding.layout or call.layout, sizes)
        order = "WH" if self.binding.size_order == "wh" else "DHW"
        return tuple(sizes[letter] for letter in order if letter in sizes)

    def as_map(self, tensor, tensors):
        """In the type that the function wants its map in."""
        dtype = self.binding.map_dtype
        if dtype is None:
            return tensor
        if dtype == "image":
            dtype = str(tensors["image"].dtype).replace("torch.", "")
        return self.framework.cast(tensor, dtype)

    def for_all_items(self, call, role, tensor):
        """One map for all batch items becomes one for each."""
        space = len(call.output_shape) - 2
        axes = {"matrix": 2, "grid": space + 1}.get(role, space)
        if tensor.ndim > axes:
            return tensor
        return self.framework.stack([tensor] * call.output_sizes["N"])

    def fill(self, tensor, tensors):
        """One number for all channels, or one a channel."""
        if self.binding.fill == "number":
            if bool((tensor != tensor[0]).any()):
                raise Unsupported(
                    "the function takes one border value for all channels"
                )
            return float(tensor[0])
        tensor = self.as_map(tensor, tensors)
        return tensor[0] if tensor.shape == (1,) else tensor

    def matrix(self, call, matrix):
        """In the direction and the shape that the function takes."""
        direction, shape = self.binding.direction, self.binding.matrix_shape
        inverse = bool(call.spec.get("inverse_map"))
        if "inverse_map" not in self.binding.roles and call.convention == HARNESS:
            if inverse != (direction == "output-to-source"):
                matrix = self.inverted(matrix)
        if shape is not None and shape.endswith("3x3"):
            last = self.framework.array_like([0, 0, 1], matrix)
            matrix = self.framework.stack([matrix[0], matrix[1], last])
        if shape is not None and shape.startswith("N"):
            items = call.output_sizes.get("N", 1)
            matrix = self.framework.stack([matrix] * items)
        return matrix

    def inverted(self, matrix):
        """The inverse of a 2x3 matrix by closed form, for the framework to
        differentiate."""
        (a, b, c), (d, e, f) = matrix
        stack, det = self.framework.stack, a * e - b * d
        rows = [[e, -b, b * f - e * c], [-d, a, d * c - a * f]]
        return stack([stack([entry / det for entry in row]) for row in rows])
