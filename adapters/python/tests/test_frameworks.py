"""Functions of torch tensors and JAX arrays: their own differentiation is used."""

import numpy
import pytest

from host import Host
from test_worker import EXAMPLES, MATRIX, SPEC, SUBJECTS, TRANSPORTS, image_of

STORY = f"{EXAMPLES / 'story/warp_affine.py'}:warp_affine"
SHIFT = numpy.array([[1.0, 0.0, 10.0], [0.0, 1.0, 20.0]])
STORY_SPEC = {"convention": "warp", "interp": "bilinear", "border": "constant",
              "inverse_map": False, "layout": "HWC"}  # fmt: skip


REPLICATE = {**STORY_SPEC, "border": "replicate"}
GENERIC = MATRIX + numpy.array([[0.0, 0.0, 0.013], [0.0, 0.0, 0.029]])  # off the knots


def vjp(host, image, matrix, upstream, wants, spec=STORY_SPEC):
    arrays = {"image": image, "matrix": matrix, "grad_output": upstream}
    arrays["border_value"] = numpy.zeros(1)
    shapes = {"image": image, "matrix": matrix, "border_value": numpy.zeros(1)}
    want = {"grad_" + name: shapes[name] for name in wants}
    return host.call("vjp", spec, arrays, want)


@TRANSPORTS
def test_the_story_has_its_7128_entries(transport):
    pytest.importorskip("torch")
    upstream = numpy.full((64, 64, 3), 1 / 12288, "float32")
    with Host([STORY], transport) as host:
        assert host.greeting["name"].startswith(STORY + " (torch ")
        assert host.greeting["serves"]["gradients"] == [
            "image",
            "matrix",
            "border_value",
        ]
        answer, got = vjp(host, image_of(64, 64, 3), SHIFT, upstream, ["image"])
        assert host.close()[::2] == (0, "")
    assert answer["ok"] and "without" not in answer and "lost" not in answer
    assert numpy.count_nonzero(got["grad_image"]) == 7128


@TRANSPORTS
def test_several_gradients_come_in_one_call(transport):
    pytest.importorskip("torch")
    image, upstream = image_of(13, 17, 3, dtype="float64"), image_of(
        11, 19, 3, dtype="float64"
    )
    spec = {**STORY_SPEC, "inverse_map": True}
    with Host([STORY], transport) as host:
        _, got = vjp(host, image, GENERIC, upstream, ["image", "matrix"], spec)
        step = numpy.zeros((2, 3))
        step[0, 2] = 2**-20  # in the cell: the warp is affine in x there
        want = {"output": upstream}
        plus, minus = (
            host.call(
                "forward", spec, {"image": image, "matrix": GENERIC + sign * step}, want
            )[1]
            for sign in (1, -1)
        )
    slope = ((plus["output"] - minus["output"]) * upstream).sum() / 2**-19
    # 627 terms of at most 1; coordinates up to 32 are off by 8 units of 2^-48, and each
    # difference shows them 2^20 times.
    assert abs(got["grad_matrix"][0, 2] - slope) < 627 * 8 * 2**-48 * 2**20
    assert got["grad_image"].shape == image.shape


def test_an_input_that_autograd_has_no_path_to_has_gradient_0_and_is_named():
    pytest.importorskip("torch")
    upstream = image_of(6, 4, 2)
    with Host([SUBJECTS + "detaching"], "shared") as host:
        answer, got = vjp(
            host, image_of(7, 5, 2), MATRIX, upstream, ["image", "matrix"], REPLICATE
        )
        assert answer["lost"] == ["grad_image"]
        assert not got["grad_image"].any() and got["grad_matrix"].any()


@TRANSPORTS
def test_a_torch_function_that_writes_to_its_input_is_told_so_in_every_call(transport):
    pytest.importorskip("torch")
    arrays = {"image": image_of(7, 5, 2), "matrix": MATRIX}
    want = {"output": image_of(6, 4, 2)}
    with Host([SUBJECTS + "darkening"], transport) as host:
        for _ in range(2):
            answer, _ = host.call("forward", REPLICATE, arrays, want)
            assert answer["error"] == "failed"
            assert "writes to its input image, in place" in answer["message"]
    with Host([SUBJECTS + "darkening", "--set", "writable=yes"], transport) as host:
        answer, got = host.call("forward", REPLICATE, arrays, want)
        assert answer["ok"]
        assert (got["output"] == arrays["image"][:6, :4] / 2 * MATRIX[0, 0].astype("f")).all()


def test_an_output_without_a_graph_loses_all():
    pytest.importorskip("torch")
    with Host([SUBJECTS + "graphless"], "pipe") as host:
        answer, got = vjp(
            host, image_of(7, 5, 2), MATRIX, image_of(6, 4, 2), ["image"], REPLICATE
        )
    assert answer["lost"] == ["grad_image"] and not got["grad_image"].any()


def test_declared_gradients_are_all_that_there_are():
    pytest.importorskip("torch")
    with Host(["--set", "gradients=image", STORY], "pipe") as host:
        assert host.greeting["serves"]["gradients"] == ["image"]
        answer, _ = vjp(host, image_of(7, 5, 2), MATRIX, image_of(6, 4, 2), ["matrix"])
    assert answer["without"] == ["grad_matrix"]


def test_torch_reads_bfloat16_and_other_strides_but_negative_ones():
    torch = pytest.importorskip("torch")
    values = torch.arange(1, 71, dtype=torch.float32).reshape(7, 5, 2).bfloat16()
    bits = values.view(torch.int16).numpy().view("uint16")
    raw = bits.tobytes() + b"\0" * 20 + numpy.eye(3)[:2].tobytes()
    entries = [
        {"name": "image", "dtype": "bfloat16", "shape": [7, 5, 2], "strides": [0, 2, 1],
         "offset": 120},
        {"name": "matrix", "dtype": "float64", "shape": [2, 3], "offset": 160},
    ]  # fmt: skip
    with Host([STORY], "shared") as host:
        want = {"output": ("bfloat16", numpy.zeros((7, 5, 2), "uint16"))}
        answer, got = host.call("forward", STORY_SPEC, {}, want, entries, raw)
        assert host.greeting["serves"]["strides"] == ["inputs"]
        assert answer == {"id": 1, "ok": True}
        assert (got["output"] == bits[6]).all()
        entries[0]["strides"] = [-10, 2, 1]
        answer, _ = host.call("forward", STORY_SPEC, {}, want, entries, raw)
    assert answer["error"] == "unsupported"
    assert answer["message"] == "torch has no negative strides"


def test_numpy_has_no_bfloat16_and_a_forward_wants_an_output():
    with Host([SUBJECTS + "chatty"], "pipe") as host:
        arrays = {
            "image": ("bfloat16", numpy.zeros((7, 5, 2), "uint16")),
            "matrix": MATRIX,
        }
        answer, _ = host.call("forward", SPEC, arrays, {})
        assert answer is None
        assert host.close()[2].endswith("warpcheck.worker: a call without output\n")
    with Host([SUBJECTS + "chatty"], "pipe") as host:
        want = {"output": ("bfloat16", numpy.zeros((6, 4, 2), "uint16"))}
        answer, _ = host.call("forward", SPEC, arrays, want)
    assert answer["error"] == "unsupported"


@TRANSPORTS
def test_jax_functions_are_differentiated_by_its_vjp(transport):
    pytest.importorskip("jax")
    image, upstream = image_of(7, 5, 2, dtype="float64"), image_of(
        6, 4, 2, dtype="float64"
    )
    spec = {**STORY_SPEC, "border": "replicate", "inverse_map": True}
    with Host([SUBJECTS + "in_jax"], transport) as host:
        assert "(jax " in host.greeting["name"]
        want = {"output": upstream}
        _, first = host.call("forward", spec, {"image": image, "matrix": MATRIX}, want)
        answer, got = vjp(host, image, MATRIX, upstream, ["image", "matrix"], spec)
        _, second = host.call(
            "forward", spec, {"image": flipped(image), "matrix": MATRIX}, want
        )
    assert answer["ok"]
    left = (second["output"] * upstream).sum()
    right = (flipped(image) * got["grad_image"]).sum()
    # The warp is linear: both are the same sum of 192 products.
    assert abs(left - right) < 192 * 2**-52 * left
    assert first["output"].any() and got["grad_matrix"].any()


def flipped(image):
    return numpy.flip(image, 0).copy()
