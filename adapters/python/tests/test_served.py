"""The bench's functions are the subject: bench/served.py against `warpcheck warp`."""

import os
import pathlib
import subprocess
import sys

import numpy
import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[3] / "bench"))

import served  # noqa: E402

PROGRAM = os.environ.get("WARPCHECK", "warpcheck")
CALLS = [
    served.Call("bilinear", "constant", "HWC", (13, 17), (11, 19), 1, 2),
    served.Call("cubic-0.75", "reflect", "NHWC", (7, 5), (6, 4), 2, 3, seed=5),
]
EACH_CALL = pytest.mark.parametrize("call", CALLS, ids=lambda call: call.kernel)


@pytest.fixture(autouse=True)
def program():
    try:
        subprocess.run([PROGRAM, "--version"], capture_output=True, check=True)
    except OSError:
        pytest.skip("no program warpcheck")


def reference(call, folder):
    """name -> array: the output and gradients that `warpcheck warp` writes."""
    for name, array in {**call.inputs(), "grad_output": call.upstream()}.items():
        numpy.save(folder / f"{name}.npy", array)
    said = [f"--image={folder / 'image.npy'}", f"--upstream={folder / 'grad_output.npy'}",
            *(o for o in call.options() if not o.startswith(
                ("--dtype", "--size", "--seed", "--channels")))]  # fmt: skip
    out = folder / "out.npz"
    subprocess.run(
        [PROGRAM, "warp", "--convention=reference.matrix", *said, f"--out={out}"],
        check=True,
        capture_output=True,
    )
    with numpy.load(out) as arrays:
        return {n: arrays[n] for n in arrays.files if not n.endswith(".json")}


def same(call, output, gradients, wanted):
    assert numpy.array_equal(output, wanted["output"])
    for name, gradient in zip(call.inputs(), gradients):
        assert numpy.array_equal(gradient, wanted[f"grad_{name}"]), name


@EACH_CALL
def test_the_served_reference_answers_as_the_program_warps(call, tmp_path):
    output, gradients = served.answers(PROGRAM, served.REFERENCE, call)
    same(call, output, gradients, reference(call, tmp_path))


@EACH_CALL
def test_the_torch_function_is_the_reference(call, tmp_path):
    torch = pytest.importorskip("torch")
    inputs = [torch.tensor(a, requires_grad=True) for a in call.inputs().values()]
    with served.Served(PROGRAM, served.REFERENCE, call) as subject:
        output = served.torch_function(subject).apply(*inputs)
        output.backward(torch.from_numpy(call.upstream()))
    gradients = [tensor.grad.numpy() for tensor in inputs]
    same(call, output.detach().numpy(), gradients, reference(call, tmp_path))


@EACH_CALL
def test_the_jax_function_is_the_reference(call, tmp_path):
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True), served.Served(
        PROGRAM, served.REFERENCE, call
    ) as subject:
        inputs = [jax.numpy.asarray(array) for array in call.inputs().values()]
        output, pull = jax.vjp(served.jax_function(subject), *inputs)
        gradients = pull(jax.numpy.asarray(call.upstream()))
        output, *gradients = map(numpy.asarray, (output, *gradients))
    same(call, output, gradients, reference(call, tmp_path))


def test_a_deviation_shows_where_it_differs_and_nowhere_else():
    call = CALLS[0]
    assert served.shows(PROGRAM, served.REFERENCE, call) == []
    assert served.shows(PROGRAM, "deviation:one-pixel-lost", call) == ["gradient"]
    assert served.shows(PROGRAM, "deviation:gain", call) == ["output", "gradient"]
    assert served.shows(PROGRAM, "deviation:short-wrap-period", call) == []


def test_a_call_that_the_subject_does_not_answer_is_refused():
    call = served.Call("no-such-kernel", "reflect", "HW", (7, 5), (6, 4))
    with served.Served(PROGRAM, served.REFERENCE, call) as subject:
        with pytest.raises(served.Refused, match="no-such-kernel"):
            subject.forward(*call.inputs().values())
