"""The deviations, put to torch.autograd.gradcheck, to jax's check_grads and to warpcheck.

    gradcheck.py run       everything, each tool in a process of its own, and the page
    gradcheck.py judge     one tool, over the rows of a file (`run` calls it)
    gradcheck.py resume    goes on where `run --keep` was out of time, and the page
    gradcheck.py page      the page once more, from what `run --keep` kept

`run` takes the interpreters from PYTHON_TORCH and PYTHON_JAX; it needs NumPy itself, or
goes on under the first of them that is there."""

import argparse
import dataclasses
import json
import os
import pathlib
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
OUT_OF_TIME = "out of time"
AGAIN = (OUT_OF_TIME, "error")  # what another pass tries again
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


# ---- judging ----


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
        found = judge()
        verdict = "missed" if found is None else "found"
    except Exception as error:  # of a tool's own making: told, and no detection
        found, verdict = {"said": f"{type(error).__name__}: {error}"}, "error"
    seconds = time.perf_counter() - start
    calls = None
    if served is not None:
        calls = served.host.count
        served.__exit__()
    found = {"said": "", **(found or {})}
    if name != "plan":
        found["said"] = found["said"][:300]
    return {"tool": name, "verdict": verdict, "seconds": seconds, "calls": calls, **found}


def read_call(row):
    from served import Call

    fields = {k: tuple(v) if isinstance(v, list) else v for k, v in row["call"].items()}
    return Call(**fields)


def judge_tool(name, ready, rows, before, options):
    """The results of one tool; `before`: those of an earlier pass, by row."""
    judge_one(options.program, name, ready, rows[0], read_call(rows[0]))  # to warm up
    end = time.perf_counter() + options.limit
    results = []
    for index, row in enumerate(rows):
        call = read_call(row)
        why = wanted(name, row, call)
        if why is None and time.perf_counter() > end:
            why = OUT_OF_TIME
        if before.get(index, {}).get("verdict", OUT_OF_TIME) not in AGAIN:
            result = before[index]
        elif why:
            result = {"tool": name, "verdict": why}
        else:
            result = judge_one(options.program, name, ready, row, call)
        results.append({**result, "row": index})
    return results


def judge_rows(options):
    from gradcheck_tools import TOOLS

    rows = json.load(open(options.rows))
    kept = pathlib.Path(options.out)
    earlier = json.loads(kept.read_text())["results"] if kept.exists() else []
    version, tools = TOOLS[options.side]()
    results = []
    for name, ready in tools.items():
        before = {each["row"]: each for each in earlier if each["tool"] == name}
        if before and all(e["verdict"] not in AGAIN for e in before.values()):
            results += before.values()
            continue
        results += judge_tool(name, ready, rows, before, options)
        print(f"gradcheck.py: {name} is done", file=sys.stderr)
    kept.write_text(json.dumps({"version": version, "results": results}))


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
        if options.part == "run":
            for old in folder.glob("*.json"):
                old.unlink()
            make_rows(folder, options)
        judge_all(folder, there, options)
        write_page(folder, options.page)


def make_rows(folder, options):
    first, *others = BORDERS
    rows = rows_of(options.program, first, options)
    rows += one_entry_rows(options.program, options)
    for border in others:
        rows += rows_of(options.program, border, options)
    mark_nowhere(rows)
    (folder / "rows.json").write_text(json.dumps(rows))


def judge_all(folder, there, options):
    """Every tool in turn, and what the page says of the machine and the run."""
    path = folder / "setting.json"
    setting = json.loads(path.read_text()) if path.exists() else {"passes": 0, "load": []}
    begun, load = time.perf_counter(), os.getloadavg()[0]
    for side, python in {**there, "warpcheck": sys.executable}.items():
        judge_side(side, python, folder, options)
    asked = ("seed", "seeds", "limit", "size", "output")
    setting = {**{key: getattr(options, key) for key in asked}, **setting}
    setting["passes"] = setting.get("passes", 1) + 1
    setting["cores"] = os.cpu_count()
    setting["load"] += [load, os.getloadavg()[0]]
    setting["seconds"] = setting.get("seconds", 0.0) + time.perf_counter() - begun
    path.write_text(json.dumps(setting))


def write_page(folder, page):
    from gradcheck_page import page_of

    pathlib.Path(page).write_text(page_of(pathlib.Path(folder)))


def add_run(every):
    every.add_argument("--program", default="warpcheck")
    every.add_argument("--page", default=str(HERE / "README.md"))
    every.add_argument("--size", default="13x17")
    every.add_argument("--output", default="11x19")
    every.add_argument("--seed", type=int, default=1)
    every.add_argument("--seeds", type=int, default=20, help="of the one-entry tries")
    every.add_argument("--limit", type=float, default=150, help="seconds for each tool")
    every.add_argument("--only", nargs="*", help="names of deviations")
    every.add_argument("--keep", help="a folder for the numbers")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parts = parser.add_subparsers(dest="part", required=True)
    for part in ("run", "resume"):
        add_run(parts.add_parser(part))
    one = parts.add_parser("judge")
    one.add_argument("--side", required=True)
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
    if given.part in ("run", "resume"):
        run(given)
    elif given.part == "judge":
        judge_rows(given)
    else:
        write_page(given.folder, given.page)
