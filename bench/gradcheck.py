"""The deviations, put to torch.autograd.gradcheck, to jax's check_grads and to warpcheck.

    gradcheck.py run       everything, each tool in a process of its own, and the page
    gradcheck.py judge     one tool, over the rows of a file (`run` calls it)
    gradcheck.py page      the page once more, from what `run --keep` kept

`run` takes the interpreters from PYTHON_TORCH and PYTHON_JAX; it needs NumPy itself, or
goes on under the first of them that is there."""

import argparse
import dataclasses
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
BORDERS = ("constant", "reflect")
MOST_BYTES = 1 << 30  # of one dense Jacobian: gradcheck keeps several
ONE_ENTRY = ("one-pixel-lost", "one-sample-off")
ONE_ENTRY_SIDES = (32, 64)
CONTROL = "builtin:reference"
CONTROL_KERNELS = ("bilinear", "nearest", "cubic-0.75", "lanczos4")


# ---- the rows ----


def pair(text):
    height, width = map(int, text.split("x"))
    return height, width


def candidates(kernel, border, side, options):
    """The calls that a deviation may show in, the smallest first."""
    from served import Call

    if side:
        big = (side, side + 4)
        return [Call(kernel, border, "HW", big, big, seed=options.seed)]
    sizes = {"size": pair(options.size), "output": pair(options.output)}
    common = {"kernel": kernel, "border": border, "seed": options.seed, **sizes}
    return [
        Call(layout="HWC", channels=2, **common),
        Call(layout="NHWC", batch=2, channels=2, **common),
    ]


def row_of(program, subject, kernel, border, deviation, options):
    """The first call that it shows in; the first of all where it shows in none."""
    from served import shows

    calls = candidates(kernel, border, deviation.get("side", 0), options)
    seen = [(call, shows(program, subject, call)) for call in calls[:1]]
    if not seen[0][1] and subject != CONTROL:
        seen += [(call, shows(program, subject, call)) for call in calls[1:]]
    call, where = next((each for each in seen if each[1]), seen[0])
    return {
        "subject": subject,
        "part": "all",
        "scope": deviation.get("scope"),
        "own_gradient": deviation.get("own_gradient", False),
        "shows": where,
        "call": dataclasses.asdict(call),
    }


def rows_of(program, options):
    from served import deviations

    rows = []
    for border in BORDERS:
        rows += [
            row_of(program, CONTROL, kernel, border, {}, options)
            for kernel in CONTROL_KERNELS
        ]
        for each in deviations(program):
            if not options.only or each["name"] in options.only:
                subject = "deviation:" + each["name"]
                rows.append(
                    row_of(program, subject, each["kernel"], border, each, options)
                )
    return rows


def one_entry_rows(program, options):
    """One wrong entry, under seeds of image and matrix."""
    from served import Call, shows

    rows = []
    for name in ONE_ENTRY:
        subject = "deviation:" + name
        for side in ONE_ENTRY_SIDES:
            for seed in range(1, options.seeds + 1):
                size = (side, side)
                call = Call("bilinear", "reflect", "HW", size, size, seed=seed)
                row = {"subject": subject, "part": "one-entry", "first": seed == 1}
                row["shows"] = shows(program, subject, call)
                rows.append({**row, "call": dataclasses.asdict(call)})
    return rows


# ---- the tools: a function of (program, row, call) that says what it found, or None ----


def torch_tools():
    import torch
    from torch.autograd.gradcheck import GradcheckError, gradcheck

    from served import Served, torch_function

    torch.manual_seed(0)

    def tool(fast):
        def ready(program, row, call):
            served = Served(program, row["subject"], call)
            inputs = [torch.tensor(a, requires_grad=True) for a in call.inputs().values()]
            warp = torch_function(served).apply

            def judge():
                try:
                    gradcheck(warp, inputs, fast_mode=fast)
                except GradcheckError as error:
                    return str(error)
                return None

            return judge, served

        return ready

    return f"torch {torch.__version__}", {"gradcheck": tool(False), "fast": tool(True)}


def jax_tools():
    import jax
    from jax.test_util import check_grads

    from served import Served, jax_function

    jax.config.update("jax_enable_x64", True)

    def ready(program, row, call):
        served = Served(program, row["subject"], call)
        inputs = [jax.numpy.asarray(a) for a in call.inputs().values()]
        warp = jax_function(served)

        def judge():
            try:
                check_grads(warp, inputs, order=1, modes=["rev"])
            except AssertionError as error:
                return str(error).strip()
            return None

        return judge, served

    return f"jax {jax.__version__}", {"check_grads": ready}


def verify(program, subject, options):
    """What the report says where the verdict is fail, else None; any other end than a
    verdict is an error."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [program, "verify", subject, *options, "--quiet"]
        done = subprocess.run(
            [*command, "--json", report.name], capture_output=True, text=True
        )
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stderr.strip())
        said = json.load(open(report.name))
    return (said["diagnosis"] or "fail") if said["verdict"] == "fail" else None


def warpcheck_tools():
    """The same call, and the program's own plan of calls with that kernel and border."""

    def same(program, row, call):
        return lambda: verify(program, row["subject"], call.options()), None

    def plan(program, row, call):
        options = [f"--kernel={call.kernel}", f"--border={call.border}"]
        options += ["--dtype=float64", f"--seed={call.seed}"]
        if "HW" == call.layout:  # a side that it shows with
            options += ["--size={}x{}".format(*call.size), "--layout=HW"]
        return lambda: verify(program, row["subject"], options), None

    return "", {"warpcheck": same, "plan": plan}


TOOLS = {"torch": torch_tools, "jax": jax_tools, "warpcheck": warpcheck_tools}


def wanted(tool, row, call):
    """Is the tool tried on the row?  Else why not."""
    if row["part"] == "one-entry" and tool == "plan":
        return "not tried"
    if row["part"] == "one-entry" and tool == "gradcheck" and not row["first"]:
        return "not tried"
    if tool == "gradcheck" and call.jacobian_bytes() > MOST_BYTES:
        return "too large"
    return None


def judge_one(program, name, ready, row, call):
    judge, served = ready(program, row, call)
    start = time.perf_counter()
    try:
        said = judge()
        verdict = "missed" if said is None else "found"
    except Exception as error:  # of a tool's own making: told, and no detection
        said, verdict = f"{type(error).__name__}: {error}", "error"
    seconds = time.perf_counter() - start
    if served is not None:
        served.__exit__()
    said = said if name == "plan" or said is None else said[:300]
    return {"tool": name, "verdict": verdict, "seconds": seconds, "said": said}


def read_call(row):
    from served import Call

    fields = {k: tuple(v) if isinstance(v, list) else v for k, v in row["call"].items()}
    return Call(**fields)


def judge_rows(options):
    rows = json.load(open(options.rows))
    version, tools = TOOLS[options.side]()
    results = []
    for name, ready in tools.items():
        judge_one(options.program, name, ready, rows[0], read_call(rows[0]))  # warm
        for index, row in enumerate(rows):
            call = read_call(row)
            why = wanted(name, row, call)
            result = (
                {"tool": name, "verdict": why, "seconds": None, "said": None}
                if why
                else judge_one(options.program, name, ready, row, call)
            )
            results.append({"row": index, **result})
        print(f"{name}: done", file=sys.stderr)
    json.dump({"version": version, "results": results}, open(options.out, "w"))


# ---- all of it ----


def judge_side(side, python, folder, options):
    subprocess.run(
        [python, __file__, "judge", "--side", side, "--program", options.program,
         "--rows", str(folder / "rows.json"), "--out", str(folder / f"{side}.json")],
        check=True,
    )  # fmt: skip


def run(options):
    pythons = {side: os.environ.get(f"PYTHON_{side.upper()}") for side in ("torch", "jax")}
    there = {side: python for side, python in pythons.items() if python}
    if not there:
        sys.exit("gradcheck.py: PYTHON_TORCH or PYTHON_JAX must name an interpreter")
    try:
        import numpy  # noqa: F401
    except ImportError:
        python = next(iter(there.values()))
        os.execv(python, [python, *sys.argv])
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(options.keep or made)
        folder.mkdir(exist_ok=True)
        begun, load = time.perf_counter(), os.getloadavg()[0]
        rows = rows_of(options.program, options)
        rows += one_entry_rows(options.program, options)
        json.dump(rows, open(folder / "rows.json", "w"))
        for side, python in {**there, "warpcheck": sys.executable}.items():
            judge_side(side, python, folder, options)
        setting = {
            "seed": options.seed,
            "seeds": options.seeds,
            "size": options.size,
            "output": options.output,
            "cores": os.cpu_count(),
            "load": [load, os.getloadavg()[0]],
            "seconds": time.perf_counter() - begun,
        }
        json.dump(setting, open(folder / "setting.json", "w"))
        write_page(folder, options.page)


def write_page(folder, page):
    from gradcheck_page import page_of

    pathlib.Path(page).write_text(page_of(pathlib.Path(folder)))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parts = parser.add_subparsers(dest="part", required=True)
    every = parts.add_parser("run")
    every.add_argument("--program", default="warpcheck")
    every.add_argument("--page", default=str(HERE / "README.md"))
    every.add_argument("--size", default="13x17")
    every.add_argument("--output", default="11x19")
    every.add_argument("--seed", type=int, default=1)
    every.add_argument("--seeds", type=int, default=20, help="of the one-entry tries")
    every.add_argument("--only", nargs="*", help="names of deviations")
    every.add_argument("--keep", help="a folder for the numbers")
    one = parts.add_parser("judge")
    one.add_argument("--side", choices=TOOLS, required=True)
    for name in ("--program", "--rows", "--out"):
        one.add_argument(name, required=True)
    again = parts.add_parser("page")
    again.add_argument("folder")
    again.add_argument("--page", default=str(HERE / "README.md"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    given = arguments()
    if given.part == "run":
        run(given)
    elif given.part == "judge":
        judge_rows(given)
    else:
        write_page(given.folder, given.page)
