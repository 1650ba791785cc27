"""The worker against the small host of host.py, by both transports."""

import pathlib
import subprocess
import sys

import numpy
import pytest

from host import Host

TESTS = pathlib.Path(__file__).resolve().parent
EXAMPLES = TESTS.parents[2] / "examples"
SUBJECTS = f"{TESTS / 'subjects.py'}:"
TRANSPORTS = pytest.mark.parametrize("transport", ["shared", "pipe"])
MATRIX = numpy.array([[0.875, -0.25, 1.375], [0.125, 1.0, -2.625]])  # output to source
SPEC = {"convention": "warp", "interp": "bilinear", "border": "replicate",
        "inverse_map": True, "layout": "HWC"}  # fmt: skip


def image_of(*shape, dtype="float32"):
    return numpy.random.default_rng(7).integers(1, 256, shape).astype(dtype) / 256


def bilinear(image, matrix, shape):
    """By direct formula, the edge extended; image HWC, in double precision."""
    output = numpy.zeros((*shape, image.shape[2]))
    for v in range(shape[0]):
        for u in range(shape[1]):
            x, y = matrix @ [u, v, 1]
            for row in range(int(numpy.floor(y)), int(numpy.floor(y)) + 2):
                for column in range(int(numpy.floor(x)), int(numpy.floor(x)) + 2):
                    weight = (1 - abs(y - row)) * (1 - abs(x - column))
                    r = min(max(row, 0), image.shape[0] - 1)
                    c = min(max(column, 0), image.shape[1] - 1)
                    output[v, u] += weight * image[r, c]
    return output


def inverted(matrix):
    return numpy.linalg.inv(numpy.vstack([matrix, [0, 0, 1]]))[:2]


@TRANSPORTS
def test_a_decorated_numpy_function_answers_forward(transport):
    image = image_of(13, 17, 3)
    with Host([f"{EXAMPLES / 'numpy/shear.py'}:sample"], transport) as host:
        assert host.greeting["serves"]["gradients"] == ["image"]
        want = {"output": numpy.zeros((11, 19, 3), "float32")}
        arrays = {"image": image, "matrix": MATRIX, "border_value": numpy.zeros(3)}
        answer, got = host.call("forward", SPEC, arrays, want)
    assert answer == {"id": 1, "ok": True} | (
        {}
        if transport == "shared"
        else {"arrays": [{"name": "output", "dtype": "float32", "shape": [11, 19, 3]}]}
    )
    expected = bilinear(image.astype(float), MATRIX, (11, 19))
    assert numpy.array_equal(got["output"], expected.astype("float32"))


@TRANSPORTS
def test_the_matrix_is_turned_into_the_direction_of_the_function(transport):
    image = image_of(7, 5, 2, dtype="float64")
    spec = {**SPEC, "inverse_map": False}
    with Host([f"{EXAMPLES / 'numpy/shear.py'}:sample"], transport) as host:
        want = {"output": numpy.zeros((6, 4, 2))}
        arrays = {"image": image, "matrix": inverted(MATRIX)}
        _, got = host.call("forward", spec, arrays, want)
    expected = bilinear(image, MATRIX, (6, 4))
    # The inverse of the inverse is MATRIX to some units in the last place.
    assert abs(got["output"] - expected).max() < 64 * numpy.finfo(float).eps


@TRANSPORTS
def test_a_vjp_written_by_hand_is_called(transport):
    image, upstream = image_of(7, 5, 2), image_of(6, 4, 2)
    with Host([f"{EXAMPLES / 'numpy/shear.py'}:sample"], transport) as host:
        arrays = {"image": image, "matrix": MATRIX, "grad_output": upstream}
        want = {"grad_image": image, "grad_matrix": MATRIX}
        answer, got = host.call("vjp", SPEC, arrays, want)
    assert answer["without"] == ["grad_matrix"]
    forward = bilinear(numpy.ones(image.shape), MATRIX, (6, 4))
    assert numpy.allclose(forward, 1)
    # The weights of each output add up to 1, so the gradient's sum is the upstream's.
    assert abs(got["grad_image"].sum() - upstream.sum()) < 48 * 2**-23 * upstream.sum()


@TRANSPORTS
def test_layouts_come_and_go_as_views(transport):
    image = image_of(13, 17, 3)
    expected = bilinear(image.astype(float), MATRIX, (11, 19)).astype("float32")
    with Host([f"{EXAMPLES / 'numpy/shear.py'}:sample"], transport) as host:
        for layout, axes in (
            ("CHW", (2, 0, 1)),
            ("NCHW", (2, 0, 1)),
            ("NHWC", (0, 1, 2)),
        ):

            def laid(a):
                a = numpy.ascontiguousarray(a.transpose(axes))
                return a[None] if "N" in layout else a

            want = {"output": numpy.zeros_like(laid(expected))}
            arrays = {"image": laid(image), "matrix": MATRIX}
            _, got = host.call("forward", {**SPEC, "layout": layout}, arrays, want)
            assert numpy.array_equal(got["output"], laid(expected))
        pair = numpy.stack([image, image])
        answer, _ = host.call(
            "forward",
            {**SPEC, "layout": "NHWC"},
            {"image": pair, "matrix": MATRIX},
            {"output": numpy.stack([expected] * 2)},
        )
    assert answer["error"] == "unsupported"
    assert answer["message"] == "2 along N: the function takes HWC"


@pytest.mark.parametrize("spec, message", [
    ({"interp": "nearest"}, "the function's interp is bilinear"),
    ({"border": "wrap"}, "the function's border is replicate"),
    ({"convention": "torch.grid_sample"},
     "the function's convention is warp, not torch.grid_sample"),
])  # fmt: skip
def test_what_the_function_is_not_meant_for_is_unsupported(spec, message):
    with Host([f"{EXAMPLES / 'numpy/shear.py'}:sample"], "pipe") as host:
        arrays = {"image": image_of(5, 4, 1), "matrix": MATRIX}
        want = {"output": arrays["image"]}
        answer, _ = host.call("forward", {**SPEC, **spec}, arrays, want)
    assert answer == {"id": 1, "error": "unsupported", "message": message}


def test_strides_of_0_and_below_are_views():
    plane = image_of(7, 5, dtype="float64")
    matrix = MATRIX
    with Host([f"{EXAMPLES / 'numpy/shear.py'}:sample"], "shared") as host:
        raw = plane.tobytes() + matrix.tobytes()
        entries = [
            {"name": "image", "dtype": "float64", "shape": [7, 5, 3], "strides": [-5, 1, 0],
             "offset": 6 * 5 * 8},
            {"name": "matrix", "dtype": "float64", "shape": [2, 3], "offset": plane.nbytes},
        ]  # fmt: skip
        want = {"output": numpy.zeros((6, 4, 3))}
        _, got = host.call("forward", SPEC, {}, want, entries, raw)
    image = numpy.repeat(plane[::-1, :, None], 3, axis=2)
    assert numpy.array_equal(got["output"], bilinear(image, matrix, (6, 4)))


def test_memory_that_grew_is_mapped_anew():
    with Host([f"{EXAMPLES / 'numpy/shear.py'}:sample"], "shared") as host:
        for side in (5, 61, 17):
            image = image_of(side, side + 1, 2)
            want = {"output": numpy.zeros((side, 3, 2), "float32")}
            arrays = {"image": image, "matrix": MATRIX}
            _, got = host.call("forward", SPEC, arrays, want)
            expected = bilinear(image.astype(float), MATRIX, (side, 3))
            assert numpy.array_equal(got["output"], expected.astype("float32"))


def test_an_array_beyond_its_file_breaks_the_protocol():
    with Host([f"{EXAMPLES / 'numpy/shear.py'}:sample"], "shared") as host:
        entries = [
            {"name": "image", "dtype": "float32", "shape": [99, 99], "offset": 64}
        ]
        answer, _ = host.call("forward", SPEC, {}, {}, entries, b"")
        assert answer is None
        status, _, err = host.close()
    assert status == 1
    assert err == "warpcheck.worker: image reaches beyond the end of its file\n"


def plain(function, *options, transport="pipe", spec=None, image=None, **more):
    """One forward call of a function of subjects.py: (answer, arrays, what it printed)."""
    image = image_of(7, 5, 2) if image is None else image
    arrays = {"image": image, "matrix": MATRIX}
    want = {"output": numpy.zeros((6, 4, 2), image.dtype)}
    with Host([*options, SUBJECTS + function], transport, **more) as host:
        answer, got = host.call("forward", {**SPEC, **(spec or {})}, arrays, want)
        return answer, got, host.close()


@TRANSPORTS
def test_a_print_harms_nothing(transport):
    answer, got, (status, out, err) = plain("chatty", transport=transport)
    assert answer["ok"] and status == 0
    assert "here I am" in out and "and here" in err
    expected = bilinear(image_of(7, 5, 2).astype(float), MATRIX, (6, 4))
    assert numpy.array_equal(got["output"], expected.astype("float32"))


def test_an_exception_is_told_with_its_place():
    answer, _, _ = plain("raising")
    assert answer["error"] == "failed"
    assert answer["message"].startswith("ValueError: 5 columns are too few (")
    assert "subjects.py:" in answer["message"]


def test_not_implemented_is_unsupported():
    answer, _, _ = plain("refusing")
    assert answer == {"id": 1, "error": "unsupported", "message": "only squares"}


@TRANSPORTS
def test_a_wrong_type_or_shape_is_failed(transport):
    answer, _, _ = plain("widening", transport=transport)
    assert answer["error"] == "failed"
    assert answer["message"] == "output is float64 6x4x2; wanted is float32 6x4x2"


def test_writing_to_the_image_is_failed_by_shared_memory():
    answer, _, _ = plain("writing", transport="shared")
    assert answer["error"] == "failed" and "read-only" in answer["message"]


def test_options_bind_names_that_say_nothing():
    options = ["--bind", "image=p", "--bind", "matrix=q", "--bind", "output_shape=r",
               "--set", "border=replicate", "--set", "direction=output-to-source"]  # fmt: skip
    answer, got, _ = plain("nameless", *options)
    assert answer["ok"]
    expected = bilinear(image_of(7, 5, 2).astype(float), MATRIX, (6, 4))
    assert numpy.array_equal(got["output"], expected.astype("float32"))


def test_a_toml_file_binds_them_too(tmp_path):
    path = tmp_path / "some.toml"
    path.write_text(
        '[subject.nameless]\nborder = "replicate"\n'
        'direction = "output-to-source"\n'
        'bind = {image = "p", matrix = "q", output_shape = "r"}\n'
    )
    answer, got, _ = plain("nameless", "--toml", str(path))
    assert answer["ok"]


def test_words_that_the_function_refuses_are_unsupported():
    bound = ["--set", "direction=output-to-source"]
    answer, _, _ = plain("choosy", *bound, spec={"interp": "bilinear"})
    assert answer["ok"]
    answer, _, _ = plain("choosy", *bound, spec={"interp": "lanczos4"})
    assert answer["error"] == "unsupported"
    assert answer["message"] == "the function refuses interp 'lanczos4'"


@pytest.mark.parametrize("words, message", [
    (["nowhere.py:f"], "there is no file nowhere.py"),
    ([SUBJECTS + "nothing"], f"{SUBJECTS[:-1]} has no nothing"),
    (["neither"], "'neither' is neither FILE.py:FUNCTION nor package.module:FUNCTION"),
    ([SUBJECTS + "nameless"], "nothing is bound to the parameter 'q'"),
    (["--set", "colour=red", SUBJECTS + "chatty"], "no option 'colour'"),
    (["--set", "framework=fortran", SUBJECTS + "chatty"], "framework 'fortran'"),
    (["--bind", "image=nobody", SUBJECTS + "chatty"], "the function has no parameter"),
    ([SUBJECTS + "hopeless"], "no reading of the function's shapes works"),
])  # fmt: skip
def test_a_worker_that_cannot_start_says_why_in_place_of_its_greeting(words, message):
    with Host(words, "pipe") as host:
        assert message in host.greeting["error"]
        status, _, err = host.close()
    assert status == 1 and not err  # it is told once


def test_another_major_version_ends_the_conversation():
    name = f"{EXAMPLES / 'numpy/shear.py'}:sample"
    with Host([name], "pipe", greeting={"warpcheck": [2, 0]}) as host:
        assert host.greeting["warpcheck"] == [1, 2]
        assert host.receive() is None
        assert host.close()[0] == 0


@TRANSPORTS
def test_closing_the_requests_ends_the_worker(transport):
    with Host([f"{EXAMPLES / 'numpy/shear.py'}:sample"], transport) as host:
        assert host.close() == (0, "", "")


def test_a_toml_file_beside_the_function_is_found(tmp_path):
    (tmp_path / "warps.py").write_text("from subjects import nameless\n")
    (tmp_path / "warpcheck.toml").write_text(
        '[subject.nameless]\nborder = "replicate"\ndirection = "output-to-source"\n'
        'bind = {image = "p", matrix = "q", output_shape = "r"}\n'
    )
    env = {"PYTHONPATH": f"{TESTS}:{TESTS.parent}"}
    with Host([f"{tmp_path / 'warps.py'}:nameless"], "pipe", env=env) as host:
        assert host.greeting["serves"]["arrays"] == ["matrix"]
    (tmp_path / "warpcheck.toml").write_text("[subject.nameless\n")
    with Host([f"{tmp_path / 'warps.py'}:nameless"], "pipe", env=env) as host:
        assert "warpcheck.toml: " in host.greeting["error"]


def test_a_function_of_double_precision_alone_serves_that_alone():
    with Host([SUBJECTS + "double"], "pipe") as host:
        assert host.greeting["serves"]["dtypes"] == ["float64"]
        arrays = {"image": image_of(7, 5, 2), "matrix": MATRIX}
        answer, _ = host.call("forward", SPEC, arrays, {"output": image_of(6, 4, 2)})
        assert answer["message"] == "the function takes float64, not float32"
        arrays["image"] = arrays["image"].astype(float)
        answer, got = host.call(
            "forward", SPEC, arrays, {"output": numpy.ones((6, 4, 2))}
        )
    assert numpy.array_equal(got["output"], bilinear(arrays["image"], MATRIX, (6, 4)))


def test_shapes_that_are_not_declared_are_found_by_trial():
    """Planes first, size as (width, height), matrix 3x3, one number to fill with."""
    image = image_of(7, 5, 2)
    with Host([SUBJECTS + "unusual"], "shared") as host:
        arrays = {
            "image": image,
            "matrix": MATRIX,
            "border_value": numpy.array([0.5, 0.5]),
        }
        want = {"output": numpy.zeros((6, 4, 2), "float32")}
        _, got = host.call("forward", SPEC, arrays, want)
        arrays["border_value"] = numpy.array([0.5, 0.25])
        answer, _ = host.call("forward", SPEC, arrays, want)
    expected = bilinear(image.astype(float), MATRIX, (6, 4)).astype("float32")
    assert numpy.array_equal(got["output"], expected)
    assert answer["message"] == "the function takes one border value for all channels"


def test_an_array_without_the_fill_parameter_is_asked_with_0_alone():
    with Host(
        [f"{EXAMPLES / 'numpy/shear.py'}:sample", "--set", "border=constant"], "pipe"
    ) as host:
        arrays = {
            "image": image_of(7, 5, 2),
            "matrix": MATRIX,
            "border_value": numpy.ones(2),
        }
        spec, want = {**SPEC, "border": "constant"}, {"output": image_of(6, 4, 2)}
        answer, _ = host.call("forward", spec, arrays, want)
        assert (
            answer["error"] == "unsupported" and "border value 0" in answer["message"]
        )
        arrays["border_value"] = numpy.zeros(2)
        assert host.call("forward", spec, arrays, want)[0]["ok"]


def test_without_descriptors_the_worker_says_who_starts_it():
    done = subprocess.run([sys.executable, "-m", "warpcheck.worker", "a.py:b"], text=True,
                          capture_output=True, cwd=TESTS.parent)  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("warpcheck.worker: WARPCHECK_FDS is not set: ")
