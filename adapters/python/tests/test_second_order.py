"""Double backward: the framework's own, of torch and JAX functions."""

import numpy
import pytest

from host import Host
from test_frameworks import GENERIC, REPLICATE, STORY, STORY_SPEC
from test_worker import EXAMPLES, MATRIX, SUBJECTS, image_of

ALONG = numpy.array([[0.25, -0.5, 1.125], [0.75, 0.125, -0.25]])


def second(host, arrays, upstream, along, wanted, spec=REPLICATE):
    """The answer, and what is wanted of it by the names of grad_output and inputs."""
    given = {**arrays, "grad_output": upstream}
    given.update({"along_" + name: array for name, array in along.items()})
    like = {**arrays, "grad_output": upstream}
    want = {"second_" + name: like[name] for name in wanted}
    answer, got = host.call("second", spec, given, want)
    return answer, {name: got.get("second_" + name) for name in wanted}


def pulled(host, spec, arrays, upstream, along):
    """S: the gradients along what is given."""
    want = {"grad_" + name: arrays[name] for name in along}
    _, got = host.call("vjp", spec, {**arrays, "grad_output": upstream}, want)
    return sum((got["grad_" + name] * array).sum() for name, array in along.items())


def derivatives(name, transport, spec):
    """(analytic, from the pull-back) by grad_output, image and matrix."""
    image = image_of(13, 17, 3, dtype="float64")
    arrays = {"image": image, "matrix": GENERIC, "border_value": numpy.zeros(3)}
    upstream = image_of(11, 19, 3, dtype="float64")
    along = {"image": numpy.flip(image, 0).copy(), "matrix": ALONG}
    other, step = numpy.flip(image, 1).copy(), numpy.zeros((2, 3))
    step[0, 2] = 2.0**-10  # in the cell: S is quadratic in it there
    with Host([name], transport) as host:
        assert host.greeting["serves"]["along"][:2] == ["image", "matrix"]
        answer, got = second(
            host, arrays, upstream, along, ["grad_output", "image", "matrix"], spec
        )
        assert answer["ok"], answer

        def s(upstream=upstream, **changed):
            return pulled(host, spec, {**arrays, **changed}, upstream, along)

        turned = numpy.flip(upstream, 0).copy()
        moves = (s(matrix=GENERIC + step) - s(matrix=GENERIC - step)) / 2
        return [
            ((got["grad_output"] * turned).sum(), s(turned)),
            ((got["image"] * (other - image)).sum(), s(image=other) - s()),
            ((got["matrix"] * step).sum(), moves),
        ]


def assert_derived(pairs):
    # Sums of 627 outputs of 4 taps, of slopes times positions up to 32 each where the
    # matrix moves, twice; every factor is off by at most 32 roundoffs.
    bound = 627 * 4 * 32 * 32 * 32 * 2.0**-52
    for analytic, numeric in pairs:
        assert abs(analytic - numeric) < bound
        assert abs(numeric) > 1e-3


def test_double_backward_of_torch_is_the_derivative_of_its_pull_back():
    pytest.importorskip("torch")
    spec = {**STORY_SPEC, "inverse_map": True}
    assert_derived(derivatives(STORY, "shared", spec))


def test_double_backward_of_jax_is_the_derivative_of_its_pull_back():
    pytest.importorskip("jax")
    spec = {**REPLICATE, "inverse_map": True}
    assert_derived(derivatives(SUBJECTS + "in_jax", "pipe", spec))


def small(host, wanted=("grad_output", "image"), along=("image",), dtype="float32"):
    arrays = {"image": image_of(7, 5, 2).astype(dtype), "matrix": MATRIX}
    return second(
        host,
        arrays,
        arrays["image"][:6, :4].copy(),
        {name: arrays.get(name, numpy.zeros(2)) for name in along},
        wanted,
    )


def test_functions_of_numpy_arrays_have_no_double_backward():
    with Host([f"{EXAMPLES / 'numpy/shear.py'}:sample"], "pipe") as host:
        assert "along" not in host.greeting["serves"]
        answer, _ = small(host)
        assert answer["message"] == "the function has no double backward of its image"
        answer, _ = small(host, along=(), wanted=("image",))
        assert answer["message"] == "the function has no double backward of its image"
        answer, _ = small(host, along=(), wanted=("grad_output",))
        assert answer["message"] == "a function of NumPy arrays has no double backward"


@pytest.mark.parametrize(
    "module, name, said",
    [
        ("torch", "once_in_torch", "@once_differentiable"),
        ("jax", "once_in_jax", "support JVP"),
    ],
)
def test_a_pull_back_that_has_no_derivative_is_not_held_against_it(module, name, said):
    pytest.importorskip(module)
    with Host([SUBJECTS + name], "pipe") as host:
        answer, _ = small(host)
    assert answer["error"] == "unsupported"
    assert answer["message"].startswith("no double backward: ")
    assert said in answer["message"]


def test_what_has_no_path_is_0():
    pytest.importorskip("torch")
    with Host([SUBJECTS + "detaching"], "shared") as host:
        answer, got = small(host)
        assert answer["ok"] and not got["image"].any() and not got["grad_output"].any()
        answer, _ = small(host, along=("border_value",))
        assert answer["message"].endswith("no double backward of its border_value")
    with Host([SUBJECTS + "backwards_in_torch"], "shared") as host:
        answer, got = small(host)
        assert answer["ok"] and not got["image"].any()
        assert (got["grad_output"] == 2 * image_of(7, 5, 2)[:6, :4]).all()
