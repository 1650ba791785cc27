"""Correct subjects, and what is said of each random case that is put to one.

A case is one random call of a real library, or one random problem put to a form: all that
is said of it together.  It is an alarm where anything fails or is marginal, open where
nothing is judged, and passed otherwise.
"""

import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
LIVE = HERE.parent / "vectors" / "live.py"

# `again` says how to make an alarm again, `why` what kept one from being judged.
Case = collections.namedtuple(
    "Case", "kind subject convention dtype layout verdict why again"
)

PASSED, OPEN, ALARM = "passed", "open", "alarm"


def verdict_of(findings):
    """Of all that was found of one case."""
    said = {finding["verdict"] for finding in findings}
    if said & {"fail", "marginal"}:
        return ALARM
    return PASSED if "pass" in said else OPEN


def reason(text):
    """Why something is not judged, less the numbers, and what is to be done."""
    text = re.sub(r"(beyond|below) [-+.\de]+", r"\1 ...", text or "no reason is given")
    text = re.sub(r"\b\d+ entries", "entries", text.partition("; not recorded")[0])
    return re.split(r": use |, and [-+.\de]+ is asked", text)[0]


def verify(program, arguments, **environment):
    """The exit code, the report of JSON (None: there is none), and what else was said."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [program, "verify", *arguments, "--quiet", "--json", report.name]
        done = subprocess.run(
            command,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        text = pathlib.Path(report.name).read_text()
    return done.returncode, json.loads(text) if text else None, done.stderr.strip()


def judge(outcome):
    """The verdict on a case that a verification had to itself, and why it has none."""
    code, report, said = outcome
    findings = report["findings"] if report else []
    if code in (2, 4):
        return OPEN, "refused: " + re.sub(r".*npz: ", "", said.partition("\n")[0])
    if code not in (0, 1, 5) or not report or report["fault"]:
        return ALARM, said
    if code == 5 and not findings:
        return OPEN, "refused: " + str(report["refusal"])
    verdict = verdict_of(findings)
    details = [f["detail"] for f in findings if f["verdict"] == "inconclusive"]
    return verdict, reason(details[0] if details else None) if verdict == OPEN else ""


# ---- random calls of real libraries ----


def libraries(pythons):
    """(python, library, version) of all that is installed, each version once."""
    found = {}
    for python in pythons:
        done = subprocess.run([python, LIVE, "--probe"], capture_output=True, text=True)
        for line in done.stdout.splitlines():
            library, version, *_ = line.split()
            if version != "-":
                found.setdefault((library, version), python)
    return [(python, *key) for key, python in sorted(found.items())]


def calls(options, python, library, version, count, pool):
    """Records so many random calls, and verifies each; alarms are kept."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        command = [python, LIVE, library, root, "--seed", str(options.seed)]
        command += ["--count", str(count), "--table", root / "table"]
        environment = os.environ | {"PYTHONWARNINGS": "ignore"}
        subprocess.run(command, check=True, env=environment, stdout=sys.stderr)
        rows = [r.split("\t") for r in (root / "table").read_text().splitlines()]

        def one(row):
            return verify(options.warpcheck, [f"recording:{root / row[0]}"])

        for (path, *words), outcome in zip(rows, pool.map(one, rows)):
            verdict, why = judge(outcome)
            if outcome[1] and outcome[1]["findings"]:  # by a matrix and by coordinates
                words[0] = outcome[1]["findings"][0]["problem"].partition(":")[0]
            again = ""
            if verdict == ALARM:
                options.keep.mkdir(exist_ok=True)
                kept = options.keep / path.replace("/", "-")
                kept.write_bytes((root / path).read_bytes())
                number = int(pathlib.Path(path).name[:5])
                again = f"{LIVE.name} {library} FOLDER --seed {options.seed} --only {number}"
                again = f"{kept.name}: {again}"
            yield Case("calls", f"{library} {version}", *words, verdict, why, again)


# ---- the same libraries, asked through the Python adapter ----

WORDS = re.compile(r"border \S+, (\S+) (\S+), ")
TOP = HERE.parent.parent


def version_of(python, module):
    code = f"import {module}; print({module}.__version__.partition('+')[0])"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True)
    return done.stdout.strip()


def adapted(pythons):
    """(python, name and version, arguments) of the rows of check/python/live.txt that
    pass and can be asked."""
    for line in (HERE.parent / "python" / "live.txt").read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if line.startswith("#") or len(cells) != 5 or cells[3] != "0":
            continue
        for python in pythons:
            version = version_of(python, cells[0])
            if version:
                words = cells[2].replace("VERSION", version).split()
                yield python, f"{cells[0]} {version}", [f"py:{cells[1]}", *words]


def adapter_cases(options, python, subject, arguments):
    """A case for each call: every word, border and flag, in two types."""
    arguments = [*arguments, f"--seed={options.seed}"]
    path = f"{TOP}/adapters/python:" + os.environ.get("PYTHONPATH", "")
    outcome = verify(
        options.warpcheck, arguments, WARPCHECK_PYTHON=python, PYTHONPATH=path
    )
    calls = collections.defaultdict(list)
    for finding in outcome[1]["findings"] if outcome[1] else []:
        calls[re.search(r"--call (\d+)|$", finding["reproduce"])[1]].append(finding)
    if not calls or outcome[0] not in (0, 1, 5):
        verdict, why = judge(outcome)
        return [Case("adapters", subject, arguments[2], "-", "-", verdict, why, "")]
    cases = []
    for findings in calls.values():
        layout, dtype = WORDS.search(findings[0]["problem"]).groups()
        convention = findings[0]["problem"].partition(":")[0]
        verdict = verdict_of(findings)
        details = [f["detail"] for f in findings if f["verdict"] == "inconclusive"]
        why = reason(details[0] if details else None) if verdict == OPEN else ""
        again = findings[0]["reproduce"] if verdict == ALARM else ""
        words = convention, dtype, layout, verdict, why, again
        cases.append(Case("adapters", subject, *words))
    return cases


# ---- right warps written otherwise ----

FORMS = ("taps", "backwards", "rows", "fused", "lerp", "threads")
KERNELS = ("bilinear", "bilinear", "nearest", "cubic-0.75", "cubic-0.5", "cubic-1")
DTYPES = ("float64", "float32", "float32", "float16", "bfloat16")
LAYOUTS = ("HW", "HWC", "CHW", "NHWC", "NCHW")


def matrix(random):
    """Turns, stretches and shears of any numbers; whole shifts, quarter turns, eighths."""
    kind = random.random()
    if kind < 0.15:
        return [1, 0, random.randint(-9, 9), 0, 1, random.randint(-9, 9)]
    if kind < 0.25:
        return [0, 1, random.randint(-3, 9), -1, 0, random.randint(-3, 9)]
    while True:
        m = [random.uniform(-2, 2) for _ in range(6)]
        m[2], m[5] = 10 * m[2], 10 * m[5]
        if kind < 0.5:
            m = [round(8 * number) / 8 for number in m]
        if abs(m[0] * m[4] - m[1] * m[3]) > 0.05:
            return m


def form_request(random, turn, seed):
    """The form's name, and the options of its verification: one in forty is of level 4,
    and one in 160 of level 5."""
    m = [repr(number) for number in matrix(random)]
    sizes = [random.randint(1, 40) for _ in range(2)] + [random.randint(1, 30) for _ in range(2)]
    level = 5 if turn % 160 == 159 else 4 if turn % 40 == 39 else 3
    options = {
        "kernel": random.choice(KERNELS),
        "matrix": f"{m[0]} {m[1]} {m[2]}; {m[3]} {m[4]} {m[5]}",
        "size": "%dx%d" % tuple(sizes[:2]),
        "output": "%dx%d" % tuple(sizes[2:]),
        "channels": str(random.randint(1, 4)),
        "dtype": random.choice(DTYPES),
        "level": str(level),
        "seed": str(seed + turn),
    }
    if level == 3:
        options["layout"] = random.choice(LAYOUTS)
    if random.random() < 0.3:
        options["inverse-map"] = None
    return FORMS[turn % len(FORMS)], [
        f"--{name}" if value is None else f"--{name}={value}"
        for name, value in options.items()
    ]


def form_cases(options, form, request):
    """A case for each problem of one verification: every border, and the layouts that
    its level has."""
    plugin = f"plugin:{options.forms}"
    outcome = verify(options.warpcheck, [plugin, *request], WARPCHECK_FORM=form)
    shown = " ".join(f"'{word}'" if " " in word else word for word in request)
    again = f"WARPCHECK_FORM={form} warpcheck verify {plugin} {shown}"
    problems = collections.defaultdict(list)
    for finding in outcome[1]["findings"] if outcome[1] else []:
        problems[finding["problem"]].append(finding)
    if not problems or outcome[0] not in (0, 1, 5):
        verdict, why = judge(outcome)
        return [Case("forms", form, "reference.matrix", "-", "-", verdict, why, again)]
    cases = []
    for problem, findings in problems.items():
        layout, dtype = WORDS.search(problem).groups()
        # A form is right throughout: what conforms must be said of it too.
        verdict = verdict_of([f for f in findings if f["claim"] == "conforms"])
        verdict = ALARM if verdict_of(findings) == ALARM else verdict
        details = [f["detail"] for f in findings if f["verdict"] == "inconclusive"]
        why = reason(details[0] if details else None) if verdict == OPEN else ""
        again_here = f"{again}: {problem}" if verdict == ALARM else ""
        words = "reference.matrix", dtype, layout, verdict, why, again_here
        cases.append(Case("forms", form, *words))
    return cases
