#!/usr/bin/env python3
"""Writes doc/residuals.md from what `warpcheck verify` says of every recording.

Usage: residuals.py REPORTS [--check PAGE]
REPORTS holds LIBRARY/NAME.npz.json, the report of each recording here, as replay.sh
leaves them (`make residuals`).  Prints the page, or compares it with PAGE: exit 1 where
they differ, or where a recording is judged to be beyond its bound.
"""

import argparse
import ast
import collections
import decimal
import difflib
import json
import math
import pathlib
import sys
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
WIDTH = {"f": "float{}", "i": "integers", "u": "integers"}
COLUMNS = ("output", "grad_image", "grad_coordinates", "grad_matrix", "grad_border_value")
COLUMNS += ("adjoint",)
CARRIERS = ("grad_grid", "grad_coords", "grad_map_x", "grad_map_y", "grad_flow")
UNJUDGED = ("faults", "undecided", "various")
ORDER = ("nearest", "bilinear", "bicubic", "lanczos4")

HEAD = """\
# Residuals: how far the recordings are from the reference

What `warpcheck verify recording:F` says of each recording of a real library in `check/recordings`, the worst of
each group. Written by `make residuals`; the tests fail where it says anything else than the program does now.
([check/vectors/RESIDUALS.md](../check/vectors/RESIDUALS.md) has the same of the models in Python, relative to the
largest value instead of to the bound.)

**How to read it.** A number is the largest part of what is allowed that any entry of the row's recordings uses,
rounded up to two digits: |got - want| / bound, where want is the reference's own value and bound how far off a correct
library may be on that side. The bound is computed, entry by entry, from the roundings of both sides and from where
rounding may put the coordinate (`src/checker/margins.h` derives it). 1 is the most that passes, above 1 is a failure:
there is none. Far below 1 the bound is roomier than this library needs: it has to hold for any order of operations.

*= n of m* stands where no number was off: n of m entries equal the reference's value in the type of the recording, bit
by bit (or are the NaN that it wants). The others, if any, are whole numbers a unit away where a tie of the rounding
lies within the bound, or entries at a jump or knot that the coordinate's rounding reaches, where both sides are right.
These, and only these, are not in the numbers either. (A 1 is a slope that jumps by too little to be one of them.)

An empty cell: the library has no such gradient, or it was not recorded. *integers* are uint8, uint16 and int16, whose
outputs are compared after rounding. *grad_coordinates* is the gradient with respect to a grid, maps or
coordinates. *adjoint* is the identity <grad_output, output> = <grad_image, image>, where the border value is not read:
it needs no reference.
"""


def array_type(path):
    """The type of a recording's output: float64, float32 or integers."""
    with zipfile.ZipFile(path) as archive, archive.open("output.npy") as member:
        head = member.read(4096)
    size = int.from_bytes(head[8:10], "little")
    descr = ast.literal_eval(head[10 : 10 + size].decode("latin-1"))["descr"]
    return WIDTH[descr[1]].format(8 * int(descr[2:]))


def spec_of(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("spec.json"))


def column_of(finding):
    """Which array a finding is about: the first words of its detail."""
    if finding["claim"] == "self-consistent":
        return "adjoint"
    name = finding["detail"].partition(";")[0]
    return "grad_coordinates" if name in CARRIERS else name


class Cell:
    """The worst of a group and array, and its entries."""

    def __init__(self):
        self.used, self.exact, self.compared = 0.0, 0, 0

    def add(self, finding):
        used = finding["used"]
        self.used = max(self.used, math.inf if isinstance(used, str) else used)
        self.exact += finding["exact"]
        self.compared += finding["compared"]

    def __str__(self):
        if self.compared == 0:
            return ""
        if self.used > 0:
            return rounded_up(self.used)
        return f"= {self.exact} of {self.compared}"


def rounded_up(value):
    """Two digits, never less than the value."""
    if math.isinf(value):
        return "infinite"
    exact = decimal.Decimal(value)
    step = decimal.Decimal(1).scaleb(exact.adjusted() - 1)
    up = exact.quantize(step, decimal.ROUND_CEILING)
    return f"{float(up):.2g}" if up < 100 else f"{up:.3g}"


class Row:
    def __init__(self):
        self.recordings = self.inconclusive = 0
        self.versions = set()
        self.cells = collections.defaultdict(Cell)

    def add(self, spec, findings):
        self.recordings += 1
        self.versions.add(spec.get("version", "not said"))
        for finding in findings:
            self.inconclusive += finding["verdict"] == "inconclusive"
            self.cells[column_of(finding)].add(finding)

    def worst(self):
        return max(cell.used for cell in self.cells.values())


def rank(word):
    """Interpolations from nearest up, all else by the alphabet."""
    return (ORDER.index(word), "") if word in ORDER else (len(ORDER), word)


def read(reports):
    """Rows by (library, function) and by (library, interp, border, type); and what is
    beyond its bound."""
    functions = collections.defaultdict(Row)
    kinds = collections.defaultdict(Row)
    beyond = []
    for path in sorted(HERE.glob("*/*.npz")):
        report = reports / path.parent.name / (path.name + ".json")
        if path.parent.name in UNJUDGED or not report.exists():
            continue
        findings = json.loads(report.read_text())["findings"]
        spec, library = spec_of(path), path.parent.name
        library += " with IPP" if spec.get("ipp") else ""
        function = spec["convention"]
        functions[library, function].add(spec, findings)
        key = (
            library,
            spec.get("interp", "default"),
            spec.get("border", "default"),
            array_type(path),
        )
        kinds[key].add(spec, findings)
        if any(f["beyond"] for f in findings):
            beyond.append(f"{path.parent.name}/{path.name}")
    return functions, kinds, beyond


def table(heads, rows):
    """The lines of a Markdown table; columns of cells that no row has are left out."""
    used = [c for c in COLUMNS if any(str(row.cells[c]) for _, row in rows)]
    lines = ["| " + " | ".join([*heads, "recordings", *used]) + " |"]
    lines.append("|---" * (len(heads) + 1) + "|--:" * len(used) + "|")
    for words, row in rows:
        cells = [str(row.cells[c]) for c in used]
        lines.append("| " + " | ".join([*words, str(row.recordings), *cells]) + " |")
    return lines


def libraries_of(functions):
    lines = ["| library | version | recordings | worst |", "|---|---|---|--:|"]
    for library in sorted({library for library, _ in functions}):
        rows = [row for (name, _), row in functions.items() if name == library]
        versions = ", ".join(sorted(set().union(*(row.versions for row in rows))))
        count = sum(row.recordings for row in rows)
        worst = max(row.worst() for row in rows)
        worst = rounded_up(worst) if worst > 0 else "0"
        lines.append(f"| {library} | {versions} | {count} | {worst} |")
    return lines


def skipped_lines():
    """What has no row: the lines of SKIP, counted by their reason."""
    counts = collections.Counter()
    for line in (HERE / "SKIP").read_text().splitlines():
        counts[line.partition(" ")[2]] += 1
    return [f"- {count}: {reason}" for reason, count in sorted(counts.items())]


def page(functions, kinds):
    judged = sum(row.recordings for row in functions.values())
    unsure = sum(row.inconclusive for row in functions.values())
    lines = [HEAD, "## The worst of each library", "", *libraries_of(functions), ""]
    lines += [f"{judged} recordings judged, {unsure} of their findings inconclusive."]
    lines += ["Without a row (check/recordings/SKIP):", "", *skipped_lines(), ""]
    lines += ["## By function", ""]
    lines += [*table(("library", "function"), sorted(functions.items())), ""]
    for library in sorted({key[0] for key in kinds}):
        rows = [(k[1:], row) for k, row in kinds.items() if k[0] == library]
        rows.sort(key=lambda pair: (rank(pair[0][0]), pair[0]))
        lines += [f"## {library}", ""]
        lines += [*table(("interp", "border", "type"), rows), ""]
    return "\n".join(lines)


def compare(text, path):
    """0 where the page is that text; otherwise says where not."""
    old = path.read_text().splitlines() if path.exists() else []
    differing = list(
        difflib.unified_diff(old, text.splitlines(), str(path), "now", "", "", 0, "")
    )
    print(*differing[:40], sep="\n", end="\n" if differing else "")
    return 1 if differing else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("reports", type=pathlib.Path)
    parser.add_argument("--check", type=pathlib.Path, metavar="PAGE")
    options = parser.parse_args()
    functions, kinds, beyond = read(options.reports)
    if not functions:
        print(f"residuals.py: no reports in {options.reports}", file=sys.stderr)
        return 2
    text = page(functions, kinds)
    for name in beyond:
        print(f"residuals.py: {name} is beyond its bound", file=sys.stderr)
    if options.check is None:
        print(text, end="")
        return 1 if beyond else 0
    return compare(text, options.check) or (1 if beyond else 0)


if __name__ == "__main__":
    sys.exit(main())
