"""Plain functions are bound as they are written."""

import pathlib

import numpy
import pytest

import plain
from warpcheck import declaration, frameworks
from warpcheck.adapt import tiny
from warpcheck.arguments import Call
from warpcheck.protocol import Slot, Unsupported

PLACE = f"{pathlib.Path(plain.__file__)}:"


def test_outputs_of_the_images_size_are_asked_for_no_other():
    adapted = declaration.adapted(PLACE + "in_place_of")
    call = tiny(adapted.binding)
    assert adapted.forward(call).data.shape == call.arrays["image"].data.shape
    with pytest.raises(Unsupported, match="the image's size"):
        adapted.forward(Call(call.spec, call.arrays, (4, 5, 3)))


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
