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
import shlex
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
BORDERS = ("constant", "reflect")
MOST_BYTES = 1 << 30  # of one dense Jacobian: gradcheck keeps several, and its fast mode,
# where it finds something, goes on to make them for its message
ONE_ENTRY = ("one-pixel-lost", "one-sample-off")
ONE_ENTRY_SIDES = (32, 64)
OUR_SEEDS = 3  # of the one-entry tries, put to warpcheck: it looks at every entry
FULL_SIDE = 32  # of a one-entry try in gradcheck's default mode: minutes beyond
CONTROL = "builtin:reference"
MOST_SIDE = 64  # deviations that need a larger image are listed, and put to no tool


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
        Call(layout="HW", **common),
        Call(layout="HWC", channels=2, **common),
        Call(layout="NHWC", batch=2, channels=2, **common),
    ]


def row_of(program, border, deviation, options):
    """The first call that it shows in; the first of all where it shows in none."""
    from served import shows

    subject, kernel = "deviation:" + deviation["name"], deviation["kernel"]
    calls = candidates(kernel, border, deviation["side"], options)
    large = deviation["side"] > MOST_SIDE
    seen = ((call, shows(program, subject, call)) for call in calls if not large)
    call, where = next((each for each in seen if each[1]), (calls[0], []))
    return {
        "subject": subject,
        "part": "all",
        "large": large,
        "scope": deviation["scope"],
        "own_gradient": deviation["own_gradient"],
        "shows": where,
        "call": dataclasses.asdict(call),
    }


def rows_of(program, border, options):
    from served import deviations

    rows = [
        row_of(program, border, each, options)
        for each in deviations(program)
        if not options.only or each["name"] in options.only
    ]
    return controls(rows) + rows


def mark_nowhere(rows):
    """Marks the first row of each deviation that shows in none of its calls, and of the
    reference with each kernel."""
    shown = {row["subject"] for row in rows if row["shows"]}
    marked = set()
    for row in rows:
        key = row["subject"], row["subject"] == CONTROL and row["call"]["kernel"]
        if row["subject"] not in shown and key not in marked and not row["large"]:
            marked.add(key)
            row["nowhere"] = True


def controls(rows):
    """The right reference in every call of the rows, once each."""
    calls = []
    for row in rows:
        if row["call"] not in calls and not row["large"]:
            calls.append(row["call"])
    return [
        {"subject": CONTROL, "part": row["part"], "first": row.get("first"),
         "large": False, "shows": [], "call": row["call"]}
        for row in (next(r for r in rows if r["call"] == call) for call in calls)
    ]  # fmt: skip


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
                row = {"subject": subject, "part": "one-entry", "large": False}
                row["first"] = seed == 1
                row["shows"] = shows(program, subject, call)
                rows.append({**row, "call": dataclasses.asdict(call)})
    return controls(rows) + rows


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
    # Else a callback that reads a large argument waits for itself.
    jax.config.update("jax_cpu_enable_async_dispatch", False)

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
    worker = f"worker:{shlex.quote(program)} serve {subject}"  # as the others reach it
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [program, "verify", worker, *options, "--quiet"]
        done = subprocess.run(
            [*command, "--json", report.name], capture_output=True, text=True
        )
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stderr.strip())
        said = json.load(open(report.name))
    return (said["diagnosis"] or "fail") if said["verdict"] == "fail" else None


def warpcheck_tools():
    """The same call; and the program's own plan of matrices, under all borders."""

    def same(program, row, call):
        return lambda: verify(program, row["subject"], call.options()), None

    def plan(program, row, call):
        options = [f"--kernel={call.kernel}", "--layout=HWC", "--dtype=float64"]
        options.append(f"--seed={call.seed}")
        return lambda: verify(program, row["subject"], options), None

    return "", {"warpcheck": same, "plan": plan}


TOOLS = {"torch": torch_tools, "jax": jax_tools, "warpcheck": warpcheck_tools}


def wanted(tool, row, call):
    """Why the tool is not tried on the row; None where it is."""
    if row["large"]:
        return "too small"
    if tool == "plan" and not row.get("nowhere"):
        return "not tried"
    if row["part"] == "one-entry" and tool == "warpcheck" and call.seed > OUR_SEEDS:
        return "not tried"
    if row["part"] == "one-entry" and tool == "gradcheck":
        if not row["first"] or max(call.size) > FULL_SIDE:
            return "not tried"
    if tool in ("gradcheck", "fast") and call.jacobian_bytes() > MOST_BYTES:
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
    calls = None
    if served is not None:
        calls = served.host.count
        served.__exit__()
    said = said if name == "plan" or said is None else said[:300]
    return {"tool": name, "verdict": verdict, "seconds": seconds, "calls": calls,
            "said": said}  # fmt: skip


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
        end = time.perf_counter() + options.limit
        for index, row in enumerate(rows):
            call = read_call(row)
            why = wanted(name, row, call)
            if why is None and time.perf_counter() > end:
                why = "out of time"
            result = (
                {"tool": name, "verdict": why}
                if why
                else judge_one(options.program, name, ready, row, call)
            )
            results.append({"row": index, **result})
        json.dump({"version": version, "results": results}, open(options.out, "w"))
        print(f"gradcheck.py: {name} is done", file=sys.stderr)


# ---- all of it ----


def judge_side(side, python, folder, options):
    subprocess.run(
        [python, __file__, "judge", "--side", side, "--program", options.program,
         "--rows", str(folder / "rows.json"), "--out", str(folder / f"{side}.json"),
         "--limit", str(options.limit)],
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
        first, *others = BORDERS
        rows = rows_of(options.program, first, options)
        rows += one_entry_rows(options.program, options)
        for border in others:
            rows += rows_of(options.program, border, options)
        mark_nowhere(rows)
        json.dump(rows, open(folder / "rows.json", "w"))
        for side, python in {**there, "warpcheck": sys.executable}.items():
            judge_side(side, python, folder, options)
        setting = {
            "seed": options.seed,
            "seeds": options.seeds,
            "limit": options.limit,
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
    every.add_argument("--limit", type=float, default=150, help="seconds for each tool")
    every.add_argument("--only", nargs="*", help="names of deviations")
    every.add_argument("--keep", help="a folder for the numbers")
    one = parts.add_parser("judge")
    one.add_argument("--side", choices=TOOLS, required=True)
    for name in ("--program", "--rows", "--out"):
        one.add_argument(name, required=True)
    one.add_argument("--limit", type=float, required=True)
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
