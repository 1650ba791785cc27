"""The rows of libraries.py against recordings of the real libraries: where the version
is the same, the worker answers what was recorded, to what `close` allows.
"""

import importlib
import pathlib
import sys

import numpy
import pytest

from host import Host
from warpcheck import libraries
from warpcheck.recording import Recording

RECORDINGS = pathlib.Path(__file__).resolve().parents[3] / "check" / "recordings"
# Row, distribution module, folder, prefix of the recordings' names.
CASES = [
    ("torch.nn.functional:grid_sample", "torch", "torch", "grid_sample"),
    ("warpcheck.libraries:torch_affine", "torch", "torch", "affine_grid"),
    ("kornia.geometry.transform:warp_affine", "kornia", "kornia", "warp_affine"),
    ("kornia.geometry.transform:warp_perspective", "kornia", "kornia", "warp_perspective"),
    ("kornia.geometry.transform:remap", "kornia", "kornia", "remap"),
    ("cv2:warpAffine", "cv2", "opencv-", "warpAffine"),
    ("cv2:warpPerspective", "cv2", "opencv-", "warpPerspective"),
    ("cv2:remap", "cv2", "opencv-", "remap"),
    ("scipy.ndimage:map_coordinates", "scipy", "scipy", "map_coordinates"),
    ("scipy.ndimage:affine_transform", "scipy", "scipy", "affine_transform"),
    ("skimage.transform:warp", "skimage", "skimage", "warp"),
    ("jax.scipy.ndimage:map_coordinates", "jax", "jax", "map_coordinates"),
    ("warpcheck.libraries:skimage_coords", "skimage", "skimage", "warp"),
    ("warpcheck.libraries:onnx_grid_sample", "onnxruntime", "onnxruntime", "GridSample*"),
    ("warpcheck.libraries:pil_transform", "PIL", "pillow", "transform"),
]  # fmt: skip
MAPS = ("matrix", "grid", "map_x", "map_y", "coords")


def test_every_row_has_a_case():
    assert {case[0] for case in CASES} == set(libraries.ROWS)


# Not replayed: what IPP did, and OpenCV's transparent border (which has an array of its
# own).  scikit-image's maps by coordinates are of another convention.
def recordings(library, folder, prefix, convention):
    version = importlib.import_module(library).__version__
    if library == "cv2":
        folder += ".".join(version.split(".")[:2])
    for path in sorted((RECORDINGS / folder).glob(prefix + "-*.npz")) + sorted(
        (RECORDINGS / folder).glob(prefix + "2d-*.npz")
    ):
        recording = Recording.read(path)
        spec = recording.spec
        skipped = spec.get("ipp") or "destination" in recording.arrays
        if library == "skimage" and "matrix" not in recording.arrays:
            spec["convention"] += ".coords"
        if spec["convention"] == convention and not skipped:
            yield path.stem, recording, spec["version"].split("+")[0] == version.split(
                "+"
            )[0]


def put(host, recording):
    """The recorded call, asked again: {array: what came back}."""
    arrays = {
        name: recording.arrays[name]
        for name in ("image", *MAPS, "border_value")
        if name in recording.arrays
    }
    want = {"output": recording.arrays["output"]}
    answer, got = host.call("forward", recording.spec, arrays, want)
    assert answer.get("ok"), (recording.spec, answer)
    gradients = [
        n for n in recording.arrays if n.startswith("grad_") and n != "grad_output"
    ]
    if gradients:
        arrays["grad_output"] = recording.arrays["grad_output"]
        want = {name: recording.arrays[name] for name in gradients}
        answer, more = host.call("vjp", recording.spec, arrays, want)
        assert answer.get("ok") and not answer.get("without"), (recording.spec, answer)
        got.update(more)
    return got


@pytest.mark.parametrize("row, library, folder, prefix", CASES)
def test_a_library_answers_what_was_recorded_of_it(row, library, folder, prefix):
    pytest.importorskip(library)
    compared = 0
    with Host([row], "shared") as host:
        assert host.greeting["serves"]["conventions"] == [
            libraries.ROWS[row].convention
        ]
        for name, recording, same in recordings(
            library, folder, prefix, libraries.ROWS[row].convention
        ):
            for key, array in put(host, recording).items():
                compared += 1
                if same:
                    close(array, recording.arrays[key], (name, key))
    assert compared > 8


def close(got, want, where):
    """Sums may be in another order (threads): 1e-6 of the largest; NaN where NaN was.
    A word or a flag misread shows at the scale of the values."""
    finite = numpy.isfinite(want)
    assert numpy.array_equal(numpy.isfinite(got), finite), where
    difference = numpy.abs(got[finite].astype(float) - want[finite].astype(float))
    scale = numpy.abs(want[finite].astype(float)).max(initial=1)
    tolerance = 1e-6 * scale if want.dtype.kind == "f" else 1
    assert difference.max(initial=0) <= tolerance, where


def test_one_map_serves_all_batch_items():
    pytest.importorskip("torch")
    path = (
        RECORDINGS / "torch" / "affine_grid2d-bilinear-zeros-edges-generic-float64.npz"
    )
    recording = Recording.read(path)
    recording.arrays["matrix"] = recording.arrays["matrix"][0]
    del recording.arrays["grad_matrix"]
    with Host(["warpcheck.libraries:torch_affine"], "shared") as host:
        got = put(host, recording)
    for name in ("output", "grad_image"):
        close(got[name][0], recording.arrays[name][0], name)
        assert not numpy.allclose(got[name][1], recording.arrays[name][1])


def test_a_word_that_the_library_has_not_is_unsupported():
    pytest.importorskip("scipy")
    arrays = {"image": numpy.ones((3, 4)), "coords": numpy.ones((2, 5, 6))}
    spec = {"convention": "scipy.map_coordinates", "interp": "lanczos4", "border": "wrap",
            "layout": "HW"}  # fmt: skip
    with Host(["scipy.ndimage:map_coordinates"], "pipe") as host:
        answer, _ = host.call("forward", spec, arrays, {"output": numpy.ones((5, 6))})
    assert answer["error"] == "unsupported"
    assert answer["message"] == "the function has no interp 'lanczos4'"


def test_a_library_that_is_not_there_is_told_in_place_of_the_greeting():
    if "no_such_library" in sys.modules:
        raise AssertionError("the test's own premise")
    with Host(["no_such_library:warp"], "pipe") as host:
        assert "No module named 'no_such_library'" in host.greeting["error"]
