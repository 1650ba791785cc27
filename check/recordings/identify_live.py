"""Real libraries are identified by their answers alone: identify is run on each row of
identify_rows.py, and held against what it must say.

PYTHON: programs that may have the modules; what none has is skipped, by name.
WARPCHECK: the program under test.  EVERY: empty, the few rows of CI; "table", each word
once; 1, all.  ONLY: rows whose options contain it.  TABLE: a file to write the table of
doc/identify.md to.  Exit 1 where one row fails, 77 where there was none to run.
"""

import os
import pathlib
import re
import resource
import shlex
import subprocess
import sys
import tempfile
import time

import identify_rows

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
PROGRAM = os.environ.get("WARPCHECK", "./warpcheck")
PLUGINS = {"lept": "leptonica", "vips": "vips"}


def version_of(python, module, known={}):
    """Nothing where the module is missing."""
    if (python, module) not in known:
        code = f"import numpy, {module}; print({module}.__version__)"
        done = subprocess.run([python, "-c", code], capture_output=True, text=True)
        said = done.stdout.strip().partition("+")[0]
        known[python, module] = said if done.returncode == 0 else ""
    return known[python, module]


def built(package, folder, known={}):
    """The plugin of examples/, compiled; None where the package is not there."""
    if package not in known:
        asked = ["pkg-config", "--cflags", "--libs", package]
        flags = subprocess.run(asked, capture_output=True, text=True)
        into = os.path.join(folder, package + ".so")
        source = str(TOP / "examples" / PLUGINS[package] / "warp.c")
        command = ["cc", "-O2", "-shared", "-fPIC", f"-I{TOP}/include", "-o", into, source]
        made = flags.returncode == 0 and not subprocess.run(
            command + shlex.split(flags.stdout)
        ).returncode
        known[package] = into if made else None
    return known[package]


def package_version(package):
    asked = ["pkg-config", "--modversion", package]
    return subprocess.run(asked, capture_output=True, text=True).stdout.strip()


def settle(row, folder):
    """(program of Python or None, version, subject); None where nothing has it."""
    if row.module in PLUGINS:
        plugin = built(row.module, folder)
        return plugin and (None, package_version(row.module), "plugin:" + plugin)
    for python in os.environ.get("PYTHON", "python3").split():
        version = version_of(python, row.module)
        if version and version.startswith(row.version):
            boxes = str(HERE / "black_boxes.py")
            return python, version, row.subject.replace("BOXES", boxes)
    return None


def seconds():
    """Of processors, by all that was run so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ask(row, where):
    """(what it said, its exit code, seconds)."""
    python, version, subject = where
    options = [option.replace("VERSION", version) for option in row.options]
    environment = dict(os.environ, PYTHONPATH=str(TOP / "adapters" / "python"))
    if python:
        environment["WARPCHECK_PYTHON"] = python
    before = seconds()
    done = subprocess.run([PROGRAM, "identify", subject, *options], env=environment,
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)  # fmt: skip
    return done.stdout + done.stderr, done.returncode, seconds() - before


def complaints(row, said, code):
    for line in row.says:
        if not re.search(line, said, re.MULTILINE):
            yield f"nothing matches: {line}"
    if row.never and re.search(row.never, said, re.MULTILINE):
        yield f"this must not be: {row.never}"
    if code != 0:
        yield f"exit code {code}"


# ---- the table ----


def field(name, said):
    found = re.search(rf"^{name} +(?:unknown; nearest: )?(.*)$", said, re.MULTILINE)
    return found.group(1) if found else ""


def short(name, said):
    """The first of what a field says."""
    return re.split(r" \(|: |;", field(name, said))[0].strip()


def border(said):
    parts = [part.partition(" (")[0].partition(":")[0]
             for part in field("border", said).split(", then ")]  # fmt: skip
    value = re.search("border value is (.*)$", field("border", said))
    text = ", ".join(part.replace("fill-whole-sample, ", "") for part in parts)
    return text + (f" (value {value.group(1)})" if value else "")


def figures(said, head):
    found = re.search(head + r"(\S+) at most over \d+ samples, (\S+) on average", said)
    return f"{found.group(1)}, {found.group(2)}" if found else "-"


def runner_up(said):
    found = re.search(r"^Runner-up: (.*)$", said, re.MULTILINE)
    if not found:
        return "-"
    return re.sub(r" \([^)]*\)|: [^;]*", "", found.group(1))[:90].replace("|", "/")


def table_row(row, where, said, used):
    kernel = short("kernel", said)
    kernel += re.sub(".*prefilter ", ", prefilter ", field("kernel", said)) if (
        "prefilter" in field("kernel", said)) else ""  # fmt: skip
    answer = "; ".join((
        "in part" if "in part" in said.partition("\n")[0] else "identified", kernel,
        border(said), short("pixel centre", said), short("coordinates", said),
        short("rounding", said).replace("8-bit images are not taken, or answered in another type",
                                        "no 8 bits")))  # fmt: skip
    names = re.search(r"^Conventions that give the same:\n((?:  .*\n)+)", said, re.MULTILINE)
    count = len(names.group(1).splitlines()) if names else 0
    call = " ".join(o for o in row.options if "convention" not in o and "library" not in o)
    subject = row.subject.rpartition("py:")[2].replace("BOXES:", "")
    cells = (row.module, where[1], f"`{subject}` {call}", answer, str(count),
             figures(said, "Residual: "),
             runner_up(said), figures(said, "Runner-up: .*\n  residual "),
             f"{used:.1f}")  # fmt: skip
    return "| " + " | ".join(cells) + " |"


HEAD = (
    "| library | version | call | answer | names | residual: most, mean | runner-up differs in "
    "| its residual | CPU seconds |\n|---|---|---|---|---|---|---|---|---|\n"
)


def wanted(row):
    only, most = os.environ.get("ONLY", ""), os.environ.get("EVERY", "")
    tier = {"": 0, "table": 1}.get(most, 2)
    text = " ".join([row.module + row.version, row.subject, *row.options])
    return row.tier <= tier and only in text


def main():
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    table = []
    with tempfile.TemporaryDirectory() as folder:
        for row in filter(wanted, identify_rows.rows()):
            where = settle(row, folder)
            name = " ".join([row.subject, *row.options])
            if not where:
                counts["skipped"] += 1
                print(f"SKIP {name} (no {row.module} {row.version})", flush=True)
                continue
            start = time.monotonic()
            said, code, used = ask(row, where)
            wrong = list(complaints(row, said, code))
            counts["failed" if wrong else "passed"] += 1
            table.append(table_row(row, where, said, used))
            took = f"{used:.1f} s of processors, {time.monotonic() - start:.1f} s"
            print("FAIL" if wrong else "ok  ", row.module, where[1], name, took, flush=True)
            if wrong:
                print("\n".join("  " + line for line in wrong + said.splitlines()[:16]), flush=True)
    if os.environ.get("TABLE"):
        pathlib.Path(os.environ["TABLE"]).write_text(HEAD + "\n".join(table) + "\n")
    print("identify: " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    return 1 if counts["failed"] else 0 if counts["passed"] else 77


if __name__ == "__main__":
    sys.exit(main())
