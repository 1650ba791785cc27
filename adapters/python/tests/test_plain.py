"""Plain functions are bound as they are written."""

import pathlib

import numpy
import pytest

import plain
from host import Host
from warpcheck import declaration, frameworks
from warpcheck.adapt import tiny
from warpcheck.arguments import Call
from warpcheck.binding import BindingError
from warpcheck.protocol import Slot, Unsupported

PLACE = f"{pathlib.Path(plain.__file__)}:"


def test_outputs_of_the_images_size_are_asked_for_no_other():
    adapted = declaration.adapted(PLACE + "in_place_of")
    call = tiny(adapted.binding)
    assert adapted.forward(call).data.shape == call.arrays["image"].data.shape
    with pytest.raises(Unsupported, match="the image's size"):
        adapted.forward(Call(call.spec, call.arrays, (4, 5, 3)))


def test_what_is_taken_for_numpy_says_so_once():
    with Host([PLACE + "wants_tensors"], "pipe") as host:
        status, _, printed = host.close()
    assert "taken for NumPy; --set framework=torch says" in host.greeting["error"]
    assert status == 1 and "taken for NumPy" not in printed
    with pytest.raises(BindingError) as caught:
        declaration.adapted(PLACE + "wants_tensors", {"framework": "numpy"})
    assert "taken for NumPy" not in str(caught.value)


def slots(**arrays):
    return {name: Slot(name, a.dtype.name, a) for name, a in arrays.items()}


def refuses_another_size(adapted, spec, image, matrix, smaller):
    """In every call; `smaller` is an array of the size that is wanted."""
    arrays = slots(image=image, matrix=matrix)
    upstream, along = slots(grad_output=smaller), slots(along_image=image)
    moved = slots(tangent_image=image)
    with pytest.raises(Unsupported, match="the image's size"):
        adapted.forward(Call(spec, arrays, smaller.shape))
    with pytest.raises(Unsupported, match="the image's size"):
        adapted.vjp(Call(spec, {**arrays, **upstream}, smaller.shape), ["image"])
    with pytest.raises(Unsupported, match="the image's size"):
        adapted.jvp(Call(spec, {**arrays, **moved}, smaller.shape))
    with pytest.raises(Unsupported, match="the image's size"):
        call = Call(spec, {**arrays, **upstream, **along}, smaller.shape)
        adapted.second(call, ["image"])


@pytest.mark.parametrize("name, options, convention, layout, batch", [
    ("sampled_by", {}, "torch.affine_grid", "NCHW", (2,)),
    ("in_place_of", {"framework": "torch", "layout": "CHW"}, "warp", "CHW", ()),
])  # fmt: skip
def test_another_size_is_refused_in_every_call(
    name, options, convention, layout, batch
):
    pytest.importorskip("torch")
    adapted = declaration.adapted(PLACE + name, options, convention=convention)
    image, smaller = numpy.ones((*batch, 3, 4, 5)), numpy.ones((*batch, 3, 3, 4))
    matrix = numpy.ones((*batch, 2, 3))
    spec = {"convention": convention, "layout": layout}
    refuses_another_size(adapted, spec, image, matrix, smaller)
    same = Call(spec, slots(image=image, matrix=matrix, grad_output=image), image.shape)
    assert adapted.forward(same).data.shape == image.shape
    assert adapted.vjp(same, ["image"])[0]["image"].data.shape == image.shape


@pytest.mark.parametrize(
    "name, dtypes",
    [("bytes_only", ["uint8"]), ("single_only", ["float32"]), ("in_place_of", None)],
)
def test_the_types_that_a_function_answers_in_are_found(name, dtypes):
    assert declaration.adapted(PLACE + name).binding.dtypes == dtypes


def test_what_asks_to_write_and_does_not_is_given_copies():
    adapted = declaration.adapted(PLACE + "asks_to_write")
    call = tiny(adapted.binding)
    data = call.arrays["image"].data
    data.flags.writeable = False
    call.arrays["image"] = Slot("image", data.dtype.name, data)
    assert numpy.array_equal(adapted.forward(call).data, data)
    assert not data.flags.writeable


def test_a_2x3_matrix_is_tried_on_every_layout_before_a_3x3_one():
    binding = declaration.adapted(PLACE + "of_any_axes").binding
    assert (binding.layout, binding.matrix_shape) == ("HW", None)


def test_a_framework_that_is_imported_within_is_found():
    assert frameworks.detect(plain.imports_within) == "torch"
