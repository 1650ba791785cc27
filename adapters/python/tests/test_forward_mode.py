"""Forward mode: the framework's own, of torch and JAX functions."""

import numpy
import pytest

from host import Host
from test_frameworks import GENERIC, REPLICATE, STORY, STORY_SPEC
from test_worker import EXAMPLES, MATRIX, SUBJECTS, TRANSPORTS, image_of

MOVED = numpy.array([[0.25, -0.5, 1.125], [0.75, 0.125, -0.25]])


def jvp(host, arrays, tangents, like, spec=REPLICATE):
    arrays = {**arrays, **{"tangent_" + name: t for name, t in tangents.items()}}
    return host.call("jvp", spec, arrays, {"tangent_output": like})


def both_modes(name, transport, spec):
    """(<g, J t>, <J^T g, t>, scale) for tangents of image and matrix, one at a time."""
    image = image_of(13, 17, 3, dtype="float64")
    arrays = {"image": image, "matrix": GENERIC, "border_value": numpy.zeros(3)}
    upstream = image_of(11, 19, 3, dtype="float64")
    moved = {"image": numpy.flip(image, 0).copy(), "matrix": MOVED}
    pairs = []
    with Host([name], transport) as host:
        assert host.greeting["serves"]["tangents"][:2] == ["image", "matrix"]
        for role, tangent in moved.items():
            answer, got = jvp(host, arrays, {role: tangent}, upstream, spec)
            assert answer["ok"], answer
            _, back = host.call(
                "vjp",
                spec,
                {**arrays, "grad_output": upstream},
                {"grad_" + role: arrays[role]},
            )
            products = upstream * got["tangent_output"]
            pairs.append(
                (products.sum(), (back["grad_" + role] * tangent).sum(), products)
            )
    return pairs


def assert_transposed(pairs):
    for left, right, products in pairs:
        # 627 outputs of 4 taps; each weight or slope is off by at most 32 roundoffs, of
        # coordinates up to 32 that move by up to 32 where it is the matrix that moves.
        assert abs(left - right) < 627 * 4 * 32 * 32 * 2**-52 * max(
            1.0, abs(products).max()
        )
        assert abs(left) > 1.0


@TRANSPORTS
def test_forward_mode_of_torch_is_the_transpose_of_its_reverse_mode(transport):
    pytest.importorskip("torch")
    assert_transposed(both_modes(STORY, transport, {**STORY_SPEC, "inverse_map": True}))


@TRANSPORTS
def test_forward_mode_of_jax_is_the_transpose_of_its_reverse_mode(transport):
    pytest.importorskip("jax")
    spec = {**REPLICATE, "inverse_map": True}
    assert_transposed(both_modes(SUBJECTS + "in_jax", transport, spec))


def test_functions_of_numpy_arrays_serve_no_tangents():
    name = f"{EXAMPLES / 'numpy/shear.py'}:sample"
    arrays = {"image": image_of(7, 5, 2), "matrix": MATRIX}
    with Host([name], "pipe") as host:
        assert "tangents" not in host.greeting["serves"]
        answer, _ = jvp(host, arrays, {"image": arrays["image"]}, image_of(6, 4, 2))
        assert answer["error"] == "unsupported"
        assert answer["message"] == "the function has no forward mode of its image"
        answer, _ = jvp(host, arrays, {}, image_of(6, 4, 2))
        assert answer["message"] == "a function of NumPy arrays has no forward mode"
        answer, _ = host.call("jvp", REPLICATE, arrays, {})
        assert answer is None
        assert host.close()[2].endswith("a call without tangent_output\n")


def test_tangents_are_those_of_the_declared_gradients():
    pytest.importorskip("torch")
    arrays = {"image": image_of(7, 5, 2), "matrix": MATRIX}
    with Host(["--set", "gradients=image", STORY], "pipe") as host:
        assert host.greeting["serves"]["tangents"] == ["image"]
        answer, _ = jvp(
            host, arrays, {"matrix": MOVED}, image_of(6, 4, 2), STORY_SPEC
        )
    assert answer["message"] == "the function has no forward mode of its matrix"


def test_what_was_detached_has_a_tangent_of_0():
    pytest.importorskip("torch")
    arrays = {"image": image_of(7, 5, 2), "matrix": MATRIX}
    with Host([SUBJECTS + "detaching"], "shared") as host:
        answer, got = jvp(
            host, arrays, {"image": arrays["image"]}, image_of(6, 4, 2)
        )
        assert answer["ok"] and not got["tangent_output"].any()
        _, got = jvp(host, arrays, {"matrix": MOVED}, image_of(6, 4, 2))
        assert got["tangent_output"].any()


def test_a_function_with_reverse_mode_alone_says_so():
    arrays = {"image": image_of(7, 5, 2), "matrix": MATRIX}
    for module, name, said in (
        ("torch", "backwards_in_torch", "jvp function for custom autograd.Function"),
        ("jax", "backwards_in_jax", "custom_vjp"),
    ):
        try:
            __import__(module)
        except ImportError:
            continue
        with Host([SUBJECTS + name], "pipe") as host:
            answer, _ = jvp(
                host, arrays, {"image": arrays["image"]}, image_of(6, 4, 2)
            )
            assert answer["error"] == "unsupported"
            assert said in answer["message"]


@pytest.mark.parametrize(
    "module, name",
    [("torch", "detaching"), ("jax", "in_jax")],
)
def test_whole_numbers_have_no_tangents(module, name):
    pytest.importorskip(module)
    arrays = {"image": numpy.ones((7, 5, 2), "uint8"), "matrix": MATRIX}
    with Host([SUBJECTS + name, "--set", "dtypes=uint8"], "pipe") as host:
        answer, _ = jvp(
            host, arrays, {"image": arrays["image"]}, arrays["image"][:6, :4]
        )
    assert answer["error"] == "unsupported"
    assert "has no tangents of" in answer["message"] and "uint8" in answer["message"]


def test_an_output_of_the_images_size_is_of_no_other():
    pytest.importorskip("torch")
    arrays = {"image": image_of(7, 5, 2), "matrix": MATRIX}
    with Host([SUBJECTS + "of_one_size"], "pipe") as host:
        tangents = {"image": arrays["image"]}
        answer, got = jvp(host, arrays, tangents, image_of(7, 5, 2))
        assert (got["tangent_output"] == 2 * arrays["image"]).all()
        answer, _ = jvp(host, arrays, tangents, image_of(6, 4, 2))
    assert answer["message"] == "the function's outputs have the image's size"


def test_an_output_that_is_no_tensor_has_failed():
    pytest.importorskip("torch")
    arrays = {"image": image_of(7, 5, 2), "matrix": MATRIX}
    with Host([SUBJECTS + "through_numpy"], "pipe") as host:
        answer, _ = jvp(host, arrays, {"image": arrays["image"]}, image_of(6, 4, 2))
    assert answer["error"] == "failed"
    assert "the output is no tensor but ndarray" in answer["message"]
