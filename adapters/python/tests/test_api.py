"""verify(), coverage() and the pytest plugin, on the program that WARPCHECK names."""

import os
import subprocess
import sys

import numpy
import pytest

import subjects
import warpcheck
from host import ADAPTER
from warpcheck import find

SHIFT = [[1, 0, 10], [0, 1, 20]]
needs_program = pytest.mark.skipif(
    "WARPCHECK" not in os.environ, reason="WARPCHECK names no program"
)


def has_workers():
    program = os.environ.get("WARPCHECK")
    if not program:
        return False
    said = subprocess.run([program, "list", "subjects"], capture_output=True, text=True)
    return "worker:" in said.stdout


needs_workers = pytest.mark.skipif(not has_workers(), reason="no program with worker:")


@needs_program
def test_coverage_of_the_story():
    found = warpcheck.coverage("64x64x3", SHIFT, output=(64, 64), border="replicate",
                               what_if=True)  # fmt: skip
    assert (found.pixels, found.entries, found.pixels_total) == (2376, 7128, 4096)
    assert found.reasons == {"out-of-view": 1621, "zero-weight": 99}
    assert found.entry_reasons == {"out-of-view": 4863, "zero-weight": 297}
    assert numpy.array_equal(found.matrix, SHIFT)
    assert found.covered is None and not found.failed
    assert found.what_if and "2376 of 4096 pixels" in found.text
    assert abs(found.fraction - 0.5801) < 5e-5


@needs_program
def test_coverage_of_a_recorded_gradient():
    gradient = numpy.zeros((5, 4), "float32")
    gradient[2:, 1:] = 0.25
    gradient[3, 2] = 0
    upstream = numpy.full((5, 4), 0.25, "float32")
    found = warpcheck.coverage(gradient=gradient, upstream=upstream,
                               matrix=[[1, 0, -1], [0, 1, -2]])  # fmt: skip
    assert found.failed and found.reasons["lost-in-backward"] == 1
    assert numpy.array_equal(found.covered, gradient != 0)
    assert found.pixels == 8


@needs_program
def test_verify_of_a_name():
    right = warpcheck.verify("builtin:reference", kernel="bilinear", border="wrap",
                             checker="forward")  # fmt: skip
    assert right.passed and right.findings and not right.of("fail")
    assert (right.ratios <= 1).all()
    wrong = warpcheck.verify(
        "deviation:truncated-base", kernel="bilinear", border="constant"
    )
    assert wrong.verdict == "fail" and wrong.of("fail")[0].off > 0
    assert "truncate" in str(wrong.diagnosis)


@needs_workers
def test_verify_of_a_function():
    options = {"kernel": "bilinear", "border": "replicate", "layout": "HWC"}
    found = warpcheck.verify(subjects.chatty, **options)
    assert found.passed and "subjects:chatty" in found.subject
    declare = {"bind": {"image": "p", "matrix": "q", "output_shape": "r"},
               "border": "replicate", "direction": "output-to-source"}  # fmt: skip
    assert warpcheck.verify(subjects.nameless, declare=declare, **options).passed


@needs_workers
def test_the_assertion_of_the_plugin(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import subjects\n"
        "OPTIONS = dict(kernel='bilinear', border='replicate', layout='HWC')\n"
        "def test_right(assert_warp):\n"
        "    assert assert_warp(subjects.chatty, **OPTIONS).passed\n"
        "def test_wrong(assert_warp):\n"
        "    assert_warp(subjects.unblended, **OPTIONS)\n"
    )
    done = run_pytest(tmp_path)
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert "fail: forward, conforms" in done.stdout


def run_pytest(folder):
    paths = [ADAPTER, os.path.join(ADAPTER, "tests"), os.environ.get("PYTHONPATH", "")]
    # Where the adapter is installed, pytest would load its plugin once more.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths),
                   "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # fmt: skip
    words = [sys.executable, "-m", "pytest", "-q", "-p", "warpcheck.pytest_plugin", "."]
    return subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize("function, message", [
    (lambda image: image, "cannot find a lambda"),
    (subjects.maker(), "made inside a function"),
    (subjects.Warps().method, "of this very object"),
])  # fmt: skip
def test_what_another_process_cannot_reach_is_refused(function, message):
    with pytest.raises(find.NotFound, match=message):
        find.name_of(function)


def test_names_of_functions():
    assert find.name_of(subjects.chatty) == "subjects:chatty"
    assert find.name_of(subjects.Warps.static) == "subjects:Warps.static"
    assert find.function_of("subjects:Warps.static") is subjects.Warps.static
    assert find.name_of("a.py:b") == "a.py:b"


def test_what_does_not_go_on_a_command_line_is_refused():
    with pytest.raises(ValueError, match="use the decorator"):
        warpcheck.verify(subjects.chatty, declare={"constants": {"a": 1}})
    with pytest.raises(ValueError, match="only a function"):
        warpcheck.verify("builtin:reference", declare={"layout": "HWC"})


def test_a_missing_program_and_a_wrong_option_are_told(monkeypatch, tmp_path):
    monkeypatch.setenv("WARPCHECK", str(tmp_path / "nothing"))
    with pytest.raises(warpcheck.ProgramError, match="No such file"):
        warpcheck.verify("builtin:reference")
    monkeypatch.delenv("WARPCHECK")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(warpcheck.ProgramError, match="there is no program"):
        warpcheck.coverage((4, 5), SHIFT)


@needs_program
def test_a_subject_that_does_not_start_is_told():
    with pytest.raises(warpcheck.ProgramError, match="crashed in its greeting"):
        warpcheck.verify("worker:false")


@needs_program
def test_wrong_usage_is_told_in_the_programs_words():
    with pytest.raises(warpcheck.ProgramError, match="sideways"):
        warpcheck.verify("builtin:reference", border="sideways")


def test_a_function_of_the_script_itself_is_named_by_its_file(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from warpcheck import find\n"
        "def warp(image, matrix, output_shape): return image\n"
        "if __name__ == '__main__': print(find.name_of(warp))\n"
    )
    environment = {**os.environ, "PYTHONPATH": ADAPTER}
    said = subprocess.check_output([sys.executable, script], env=environment, text=True)
    assert said == f"{script}:warp\n"
