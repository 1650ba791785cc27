"""verify() and coverage(): the program `warpcheck`, called from Python.

The program is the one that the environment variable WARPCHECK names, or the first on
the PATH.  Its options are keyword arguments, with _ for -: border_value=0.5,
inverse_map=True."""

import dataclasses
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

import numpy

from . import find

FOUND_NOTHING_WRONG, FAILED, NOTHING_JUDGED = 0, 1, 5
JUDGED = (FOUND_NOTHING_WRONG, FAILED, 3, NOTHING_JUDGED)
KINDS = ("builtin:", "deviation:", "recording:", "worker:", "plugin:", "py:")


class ProgramError(Exception):
    """The program is not there, or could not do what it was asked."""


@dataclasses.dataclass
class Finding:
    """What one checker found; `worst` has got, want, round, trunc, scale and ratio."""

    checker: str
    claim: str
    verdict: str
    problem: str
    worst: dict
    where: dict
    compared: int
    beyond: int
    detectable: float
    detail: str
    cause: str
    reproduce: str
    id: str = None  # the same for the same failure, whatever the seed and the subject

    @property
    def off(self):
        return abs(self.worst["got"] - self.worst["want"])


@dataclasses.dataclass
class Verification:
    """`verdict` is that of the whole; `text` the report to read; `document` all that
    the program said."""

    verdict: str
    subject: str
    diagnosis: object
    findings: list
    text: str
    document: dict

    @property
    def passed(self):
        return self.verdict == "pass"

    def of(self, verdict):
        return [finding for finding in self.findings if finding.verdict == verdict]

    @property
    def ratios(self):
        """Worst |got - want| / bound of each finding, as an array."""
        return numpy.array([finding.worst["ratio"] for finding in self.findings])


@dataclasses.dataclass
class Coverage:
    """Counts of pixels and entries with a gradient, and of the others by reason.
    `gradient` and `upstream` are the arrays that were given, `covered` is true where
    the given gradient is finite and not zero; None without one."""

    pixels: int
    pixels_total: int
    entries: int
    entries_total: int
    reasons: dict  # of pixels
    entry_reasons: dict
    matrix: numpy.ndarray
    gradient: numpy.ndarray
    upstream: numpy.ndarray
    notes: list
    what_if: list
    failed: bool
    text: str
    document: dict

    @property
    def fraction(self):
        return self.entries / self.entries_total

    @property
    def covered(self):
        if self.gradient is None:
            return None
        return numpy.isfinite(self.gradient) & (self.gradient != 0)


def verify(subject, *, declare=None, **options):
    """Is the gradient of the warp that of its own forward pass, and is that the warp
    that was declared?  `subject` is a function that another process can find, by module
    or file (no lambda), or a subject's name as on the command line.  `declare` has what
    the decorator `subject` takes."""
    if not (isinstance(subject, str) and subject.startswith(KINDS)):
        subject = worker_command(subject, declare or {})
    elif declare:
        raise ValueError("only a function can be declared")
    document, text, _ = run("verify", options, [subject])
    return Verification(
        document["verdict"],
        document["subject"],
        document["diagnosis"],
        [finding_of(entry) for entry in document["findings"]],
        text,
        document,
    )


def finding_of(entry):
    names = {field.name for field in dataclasses.fields(Finding)}
    values = {name: entry.get(name) for name in names}
    values["worst"] = {
        key: as_number(v) for key, v in (entry.get("worst") or {}).items()
    }
    return Finding(**values)


def as_number(value):
    """The program writes what is not finite as "nan", "inf" and "-inf"."""
    return float(value) if isinstance(value, str) else value


def coverage(image=None, matrix=None, *, gradient=None, upstream=None, **options):
    """Which pixels of the image get a gradient, and why the others do not.  `image` is
    a size ("64x64x3" or a tuple), an array or a file's name; `gradient` and `upstream`
    are arrays or tensors of a real step, `output` a size."""
    with tempfile.TemporaryDirectory() as folder:
        arrays = {"image": image, "gradient": gradient, "upstream": upstream}
        for name, value in arrays.items():
            if value is None:
                continue
            arrays[name], options[name] = laid(name, value, folder)
        if matrix is not None:
            rows = as_array(matrix).reshape(2, 3)
            options["matrix"] = "; ".join(
                " ".join(map(repr, row)) for row in rows.tolist()
            )
        document, text, status = run("coverage", options, [])
    reasons, numbers = document["reasons"], document["warp"]["matrix"]
    return Coverage(
        document["pixels"]["covered"],
        document["pixels"]["total"],
        document["entries"]["covered"],
        document["entries"]["total"],
        {name: count for name, count in reasons["pixels"].items() if count},
        {name: count for name, count in reasons["entries"].items() if count},
        None if numbers is None else numpy.array(numbers).reshape(2, 3),
        arrays["gradient"],
        arrays["upstream"],
        document["notes"],
        document["what_if"],
        status == FAILED,
        text,
        document,
    )


def laid(name, value, folder):
    """(array or None, what to say on the command line)"""
    if isinstance(value, (str, os.PathLike)):
        path = os.fspath(value)
        return (numpy.load(path) if path.endswith(".npy") else None), path
    if isinstance(value, tuple):
        return None, "x".join(map(str, value))
    array, path = as_array(value), os.path.join(folder, name + ".npy")
    numpy.save(path, array)
    return array, path


def as_array(value):
    """Without a copy, of a tensor too."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    return numpy.asarray(value)


def worker_command(function, declare):
    """The subject that is this Python, running the worker on the function."""
    words = [sys.executable, "-m", "warpcheck.worker"]
    for key, value in declare.items():
        if key == "bind":
            for role, parameter in value.items():
                words += ["--bind", f"{role}={parameter}"]
        elif isinstance(value, str):
            words += ["--set", f"{key}={value}"]
        elif isinstance(value, (list, tuple)) and all(
            isinstance(v, str) for v in value
        ):
            words += ["--set", f"{key}={','.join(value)}"]
        else:
            raise ValueError(
                f"{key}={value!r} does not go on a command line: use the "
                "decorator warpcheck.subject, or warpcheck.toml"
            )
    return "worker:" + shlex.join([*words, find.name_of(function)])


def run(command, options, operands):
    """(document, text, exit status)"""
    program = os.environ.get("WARPCHECK") or shutil.which("warpcheck")
    if program is None:
        raise ProgramError(
            "there is no program warpcheck: install it, or name it in the "
            "environment variable WARPCHECK"
        )
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    paths = [here, *(path for path in sys.path if path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.json")
        words = [program, command, *spelt(options), "--text", "-", "--json", report]
        try:
            done = subprocess.run([*words, "--", *operands], env=environment,
                                  capture_output=True, text=True)  # fmt: skip
        except OSError as error:
            raise ProgramError(f"{program}: {error.strerror}") from None
        if done.returncode not in JUDGED or not os.path.exists(report):
            raise ProgramError(done.stderr.strip() or f"exit status {done.returncode}")
        with open(report, encoding="utf-8") as stream:
            document = json.load(stream)
    # A subject that did not even start: there is nothing to judge.
    if document.get("fault") and not document["findings"]:
        raise ProgramError(done.stderr.strip())
    return document, done.stdout, done.returncode


def spelt(options):
    """The options of the command line."""
    words = []
    for key, value in options.items():
        option = "--" + key.replace("_", "-")
        if value is True:
            words.append(option)
        elif isinstance(value, (list, tuple)):
            separator = "x" if key in ("size", "output") else ","
            words.append(f"{option}={separator.join(map(str, value))}")
        elif value is not None and value is not False:
            words.append(f"{option}={value}")
    return words
