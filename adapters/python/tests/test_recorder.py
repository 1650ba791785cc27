"""record(): a real step, and each thing that may have become of the gradient."""

import os
import subprocess

import numpy
import pytest

import warpcheck
from warpcheck.recording import Recording

torch = pytest.importorskip("torch")
functional = torch.nn.functional


def scene(dtype=torch.float64, leaf=True):
    generator = torch.Generator().manual_seed(5)
    image = torch.rand(
        2, 3, 7, 11, generator=generator, dtype=dtype, requires_grad=True
    )
    grid = torch.rand(2, 5, 9, 2, generator=generator, dtype=dtype) * 2.4 - 1.2
    grid.requires_grad_()
    weight = torch.rand(4, 3, 3, 3, generator=generator, dtype=dtype)

    def encode(x):
        return torch.tanh(functional.conv2d(x, weight)).square().sum()

    return (image if leaf else image * 1), grid, encode


def take(path, encode, image, grid, warp=functional.grid_sample, **choices):
    with warpcheck.record(path, **choices) as r:
        output = r(warp, image, grid, mode="bilinear", align_corners=False)
        encode(output).backward()
    return r.diagnosis


def kinds(diagnosis):
    return [o.kind for o in diagnosis.observations]


def test_a_step_through_an_encoder_is_recorded_whole(tmp_path):
    image, grid, encode = scene()
    diagnosis = take(tmp_path / "step.npz", encode, image, grid)
    assert kinds(diagnosis) == ["reached"]
    recording = Recording.read(tmp_path / "step.npz")
    assert recording.spec == {
        "convention": "torch.grid_sample", "interp": "bilinear", "border": "zeros",
        "align_corners": False, "version": torch.__version__}  # fmt: skip
    assert set(recording.arrays) == {"image", "grid", "output", "grad_output", "grad_image",
                                     "grad_grid"}  # fmt: skip
    assert numpy.array_equal(recording.arrays["grad_image"], image.grad.numpy())
    assert numpy.array_equal(recording.arrays["grad_grid"], grid.grad.numpy())
    assert numpy.array_equal(diagnosis.grad_total, image.grad.numpy())
    assert recording.arrays["grad_output"].any()


def test_the_program_passes_what_was_recorded(tmp_path):
    program = os.environ.get("WARPCHECK")
    if not program:
        pytest.skip("WARPCHECK names no program")
    image, grid, encode = scene()
    take(tmp_path / "step.npz", encode, image, grid)
    done = subprocess.run([program, "verify", f"recording:{tmp_path / 'step.npz'}"],
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_model_is_recorded_by_wrapping_its_warp(tmp_path):
    image, grid, encode = scene()
    r = warpcheck.record(tmp_path / "step.npz")
    warp = r.wrap(functional.grid_sample)
    encode(warp(image, grid, align_corners=True)).backward()
    assert kinds(r.finish()) == ["reached"]
    assert r.spec["align_corners"] is True


def test_a_gradient_from_before_is_not_this_steps(tmp_path):
    image, grid, encode = scene()
    image.grad = torch.ones_like(image)
    diagnosis = take(tmp_path / "step.npz", encode, image, grid)
    assert kinds(diagnosis) == ["reached"]
    assert numpy.allclose(diagnosis.grad_image + 1, image.grad.numpy(), rtol=1e-15)


def test_a_non_leaf_is_told_and_its_gradient_taken(tmp_path):
    image, grid, encode = scene(leaf=False)
    diagnosis = take(tmp_path / "step.npz", encode, image, grid)
    assert kinds(diagnosis) == ["non-leaf", "reached"]
    assert diagnosis.grad_image.any()


def test_an_image_that_wants_no_gradient_is_told(tmp_path):
    image, grid, encode = scene()
    diagnosis = take(tmp_path / "step.npz", encode, image.detach().clone(), grid)
    assert kinds(diagnosis) == ["none"] and diagnosis.grad_image is None
    assert "grad_image" not in Recording.read(tmp_path / "step.npz").arrays


def test_a_warp_that_detaches_is_told(tmp_path):
    def detaching(input, grid, mode, align_corners):
        return functional.grid_sample(
            input.detach(), grid, mode, align_corners=align_corners
        )

    image, grid, encode = scene()
    diagnosis = take(tmp_path / "step.npz", encode, image, grid, detaching,
                     convention="torch.grid_sample")  # fmt: skip
    assert kinds(diagnosis) == ["lost"]
    arrays = Recording.read(tmp_path / "step.npz").arrays
    assert arrays["grad_image"].shape == arrays["image"].shape
    assert not arrays["grad_image"].any() and arrays["grad_grid"].any()
    diagnosis = take(tmp_path / "step.npz", lambda o: encode(o) + image.sum() * 0 + o.sum(),
                     image, grid, detaching, convention="torch.grid_sample")  # fmt: skip
    assert kinds(diagnosis) == ["lost"]


@pytest.mark.parametrize("copied", [torch.Tensor.detach,
                                    lambda x: torch.from_numpy(x.detach().numpy())])  # fmt: skip
def test_a_detached_copy_from_the_caller_has_a_gradient_of_zeros(tmp_path, copied):
    image, grid, encode = scene()
    diagnosis = take(tmp_path / "step.npz", encode, copied(image), grid)
    assert kinds(diagnosis) == ["detached", "lost"]
    arrays = Recording.read(tmp_path / "step.npz").arrays
    assert not arrays["grad_image"].any() and arrays["grad_output"].any()
    with warpcheck.record(tmp_path / "none.npz") as r:
        r(functional.grid_sample, copied(image), grid, align_corners=False)
    assert kinds(r.diagnosis) == ["detached", "no-backward"]
    assert "grad_image" not in Recording.read(tmp_path / "none.npz").arrays


def test_a_grid_that_gets_no_gradient_has_one_of_zeros(tmp_path):
    def fixed(input, grid, mode, align_corners):
        return functional.grid_sample(
            input, grid.detach(), mode, align_corners=align_corners
        )

    image, grid, encode = scene()
    diagnosis = take(tmp_path / "step.npz", encode, image, grid, fixed,
                     convention="torch.grid_sample")  # fmt: skip
    assert kinds(diagnosis) == ["lost", "reached"]
    assert "back to the grid (None)" in str(diagnosis)
    arrays = Recording.read(tmp_path / "step.npz").arrays
    assert not arrays["grad_grid"].any() and arrays["grad_image"].any()


def test_a_pull_back_that_returns_none_has_a_gradient_of_zeros(tmp_path):
    class Sample(torch.autograd.Function):
        @staticmethod
        def forward(context, input, grid):
            return functional.grid_sample(input, grid, align_corners=False)

        @staticmethod
        def backward(context, upstream):
            return None, None

    def sample(input, grid, mode, align_corners):
        return Sample.apply(input, grid)

    image, grid, encode = scene()
    diagnosis = take(tmp_path / "step.npz", encode, image, grid, sample,
                     convention="torch.grid_sample")  # fmt: skip
    assert kinds(diagnosis) == ["lost", "lost"]
    assert not Recording.read(tmp_path / "step.npz").arrays["grad_image"].any()


def test_a_warp_under_no_grad_has_gradients_of_zeros(tmp_path):
    image, grid, encode = scene()
    still = torch.no_grad()(functional.grid_sample)
    diagnosis = take(tmp_path / "step.npz", encode, image, grid, still,
                     convention="torch.grid_sample")  # fmt: skip
    assert kinds(diagnosis) == ["no-graph", "lost", "lost"]
    arrays = Recording.read(tmp_path / "step.npz").arrays
    assert arrays["grad_output"].any() and not arrays["grad_image"].any()
    assert not arrays["grad_grid"].any()


def test_the_program_fails_a_gradient_that_was_lost(tmp_path):
    program, path = os.environ.get("WARPCHECK"), tmp_path / "step.npz"
    if not program:
        pytest.skip("WARPCHECK names no program")
    image, grid, encode = scene()
    take(path, encode, image.detach(), grid)
    for command, said in (("verify", ": fail ("), ("coverage", "lost-in-backward")):
        done = subprocess.run([program, command, f"recording:{path}"],
                              capture_output=True, text=True)  # fmt: skip
        assert done.returncode == 1 and said in done.stdout, done.stdout + done.stderr


def test_an_output_without_a_graph_is_told(tmp_path):
    image, grid, _ = scene()
    with warpcheck.record(tmp_path / "step.npz") as r, torch.no_grad():
        r(functional.grid_sample, image, grid, align_corners=False)
    assert kinds(r.diagnosis) == ["no-graph"]


def test_a_missing_backward_pass_is_told(tmp_path):
    image, grid, _ = scene()
    with warpcheck.record(tmp_path / "step.npz") as r:
        r(functional.grid_sample, image, grid, align_corners=False)
    assert kinds(r.diagnosis) == ["no-backward"]


def test_tiny_is_not_zero_and_zero_is_not_tiny(tmp_path):
    image, grid, encode = scene()
    path = tmp_path / "step.npz"
    assert kinds(take(path, lambda o: encode(o) * 1e-25, image, grid)) == ["tiny"]
    assert kinds(take(path, lambda o: o.sum() * 0, image, grid)) == ["zero"]


def test_a_second_path_past_the_warp_is_told(tmp_path):
    image, grid, encode = scene()
    diagnosis = take(tmp_path / "step.npz", lambda o: encode(o) + image[0, 1, 2, 3] * 2,
                     image, grid)  # fmt: skip
    assert kinds(diagnosis) == ["reached", "bypass"]
    assert str(diagnosis).splitlines()[1].startswith("bypass: 1 entries of image.grad")
    past = diagnosis.grad_total - diagnosis.grad_image
    assert numpy.argwhere(past).tolist() == [[0, 1, 2, 3]]


def test_other_names_are_bound(tmp_path):
    def twisted(where, what):
        return functional.grid_sample(what, where, align_corners=False)

    image, grid, encode = scene()
    with warpcheck.record(tmp_path / "step.npz", convention="torch.grid_sample",
                          bind={"image": "what", "grid": "where"}) as r:  # fmt: skip
        encode(r(twisted, grid, image)).backward()
    assert kinds(r.diagnosis) == ["reached"]


def test_misuse_is_refused(tmp_path):
    image, grid, encode = scene()
    path = tmp_path / "step.npz"
    with pytest.raises(ValueError, match="whose warp is it"):
        warpcheck.record(path)(lambda image, grid: image, image, grid)
    with pytest.raises(ValueError, match="no parameter is bound to the image"):
        warpcheck.record(path, convention="x")(lambda p, q: p, image, grid)
    with pytest.raises(ValueError, match="nothing was recorded"):
        warpcheck.record(path).finish()
    with pytest.raises(ValueError, match="one recording is one call"):
        r = warpcheck.record(path)
        r(functional.grid_sample, image, grid, align_corners=False)
        r(functional.grid_sample, image, grid, align_corners=False)
    with pytest.raises(RuntimeError, match="of their own"):
        with warpcheck.record(path):
            raise RuntimeError("an error of their own")
    try:
        torch.nn.functional.grid_sample(
            torch.zeros(1, 1, 2, 2, dtype=torch.bfloat16),
            torch.zeros(1, 1, 1, 2, dtype=torch.bfloat16),
            align_corners=False,
        )
    except RuntimeError as error:
        pytest.skip(str(error))  # before torch 2 the CPU has none
    image, grid, encode = scene(torch.bfloat16)
    with pytest.raises(ValueError, match="bfloat16"):
        take(path, lambda o: o.sum(), image, grid)
    assert not path.exists()
