"""Functions of one's own that are asked in the words of a library."""

import pathlib

import numpy
import pytest

from host import Host
from warpcheck.choices import untold
from warpcheck.binding import Binding

SAMPLERS = f"{pathlib.Path(__file__).resolve().parent / 'samplers.py'}:"
GRID_SAMPLE = {"convention": "torch.grid_sample"}
IMAGE = numpy.arange(2 * 3 * 4 * 5, dtype=float).reshape(2, 3, 4, 5) ** 2
GRID = numpy.array([[-0.625, 0.375], [0.125, -0.25], [1.25, 0.5]]).reshape(1, 1, 3, 2)
UNASKED = {"interp": "bilinear", "border": "zeros", "align_corners": False}


SCIPY = {"convention": "scipy.map_coordinates"}
ROWS = {"image": IMAGE[0, 0], "coords": numpy.ones((2, 3))}


def started(function, greeting=GRID_SAMPLE):
    host = Host([SAMPLERS + function], "pipe", greeting=greeting)
    assert "error" not in host.greeting, host.greeting
    return host


def ask(host, spec=UNASKED, grid=numpy.concatenate([GRID, GRID])):
    """(answer, output)"""
    spec = {"layout": "NCHW", **GRID_SAMPLE, **spec}
    want = {"output": numpy.zeros((2, 3, 1, 3))}
    answer, got = host.call("forward", spec, {"image": IMAGE, "grid": grid}, want)
    return answer, got.get("output")


def gather(host, **more):
    spec = {"layout": "HW", "interp": "bilinear", "border": "constant", **SCIPY}
    arrays = {**ROWS, **{k: more.pop(k) for k in list(more) if k == "border_value"}}
    want = {"output": numpy.zeros(3)}
    answer, got = host.call("forward", {**spec, **more}, arrays, want)
    return answer, got.get("output")


@pytest.mark.parametrize("function", ["bilinear", "sample", "passing"])
def test_a_form_that_the_host_names_is_taken_from_the_parameters(function):
    with started(function) as host:
        answer, output = ask(host)
        assert answer.get("ok"), answer
        # By hand: the first sample lies at row 2.25 and column 0.4375.
        weights = numpy.outer([0.75, 0.25], [0.5625, 0.4375])
        one = (IMAGE[1, 2, 2:4, 0:2] * weights).sum()
        assert abs(output[1, 2, 0, 0] - one) < 1e-9
        # A grid for all items is given once an item, as the library wants it.
        answer, same = ask(host, grid=GRID[0])
        assert answer.get("ok") and numpy.array_equal(same, output)


def test_what_no_parameter_takes_is_refused_but_for_the_librarys_default():
    choices = [
        ({"interp": "nearest"}, "mode"),
        ({"border": "reflection"}, "padding_mode"),
        ({"align_corners": True}, "align_corners"),
    ]
    with started("bilinear") as host:
        for choice, parameter in choices:
            answer, _ = ask(host, {**UNASKED, **choice})
            assert answer["error"] == "unsupported"
            assert f"it has no parameter '{parameter}'" in answer["message"]


def test_the_words_are_those_of_the_librarys_parameter():
    with started("gathered", SCIPY) as host:
        answer, output = gather(host)
        assert answer.get("ok") and output[0] == IMAGE[0, 0, 1, 1]
        answer, _ = gather(host, border="mirror")
        assert "it has no parameter 'mode'" in answer["message"]
        answer, _ = gather(host, border_value=numpy.array([0.4375]))
        assert answer["error"] == "unsupported"
        assert "no parameter for the border value" in answer["message"]


def test_where_the_library_has_no_default_kernel_bilinear_is_asked_for():
    binding = Binding({"border": "mode"})
    spec = {"interp": "spline1", "border": "wrap"}
    assert untold(binding, "jax.map_coordinates", spec) is None
    spec["interp"] = "nearest"
    assert untold(binding, "jax.map_coordinates", spec)[0] == "order"
    assert untold(binding, "a.function.unknown", spec) is None


def test_without_a_convention_the_form_is_asked_for():
    with Host([SAMPLERS + "bilinear"], "pipe") as host:
        assert "--convention" in host.greeting["error"]


def test_more_channels_than_a_small_call_takes_are_refused():
    spec = {"convention": "warp", "layout": "HWC", "interp": "bilinear",
            "border": "constant"}  # fmt: skip
    with Host([SAMPLERS + "colours"], "pipe") as host:
        for channels in (4, 5):
            image = numpy.ones((4, 5, channels))
            arrays = {"image": image, "matrix": numpy.eye(3)[:2]}
            answer, _ = host.call("forward", spec, arrays, {"output": image})
            assert (answer.get("ok") is True) == (channels == 4)
    assert answer["error"] == "unsupported"
    assert answer["message"] == "the function refuses 5 channels"
