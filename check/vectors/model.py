#!/usr/bin/env python3
"""Compares the recordings with the models: model.py [PREFIX] [--each] [--update PAGE].

A model predicts the arrays of a recording from its inputs by the rules of RULES.md; one
module model_LIBRARY.py has those of a library, in MODELS, and how far a prediction may
be from the recording, in `bound`.  Prints the worst residual of each group, and with
--each of each recording; exits 1 where one is beyond its bound.
"""

import argparse
import collections
import importlib
import pathlib
import sys

import numpy

sys.dont_write_bytecode = True  # the folder is distributed

import recording

GRADIENTS = ("grad_image", "grad_coordinate", "grad_matrix", "grad_border_value")
COORDINATES = ("grad_grid", "grad_coords", "grad_map_x", "grad_map_y", "grad_flow")


KEYS = ("recordings", "function", "interp", "border", "dtype")
SMALL = 2.0**-6


def modules():
    here = pathlib.Path(__file__).resolve().parent
    names = sorted(p.stem for p in here.glob("model_*.py"))
    found = [importlib.import_module(name) for name in names]
    return [m for m in found if hasattr(m, "MODELS")]


def distance(got, want):
    """Largest |got - want|, equal where both are NaN or the same infinity, and the
    largest finite |want|."""
    got, want = numpy.asarray(got, float), numpy.asarray(want, float)
    if got.shape != want.shape:
        raise ValueError(f"shape {got.shape} predicted, {want.shape} recorded")
    same = (got == want) | (numpy.isnan(got) & numpy.isnan(want))
    with numpy.errstate(invalid="ignore"):
        apart = numpy.where(same, 0, numpy.abs(got - want))
    apart = numpy.where(numpy.isnan(apart), numpy.inf, apart)
    finite = numpy.abs(want[numpy.isfinite(want)])
    return apart.max(initial=0), finite.max(initial=0), int(numpy.sum(~same))


class Residual:
    """Worst of a group and array. Floats: relative to the largest value of the array,
    or to SMALL where all are smaller (all but cancelled); integers: in units, with the
    number of elements that differ."""

    def __init__(self):
        self.worst, self.differ, self.count, self.exact = 0.0, 0, 0, True

    def add(self, got, want):
        apart, scale, differ = distance(got, want)
        if want.dtype.kind == "f":
            self.exact = False
            apart = apart / max(scale, SMALL)
        self.worst = max(self.worst, apart)
        self.differ += differ
        self.count += want.size
        return apart

    def __add__(self, other):
        both = Residual()
        both.worst = max(self.worst, other.worst)
        both.differ = self.differ + other.differ
        both.count = self.count + other.count
        both.exact = self.exact and other.exact
        return both

    def __str__(self):
        if self.exact:
            return f"{self.worst:.0f} ({self.differ}/{self.count})"
        return f"{self.worst:.1e}"


def group_of(rec):
    spec = rec.spec
    dtype = rec["output"].dtype.name
    function = spec["convention"].partition(".")[2]
    folder = rec.path.parent.name + (" with IPP" if spec.get("ipp") else "")
    return (folder, function, spec["interp"], spec["border"], dtype)


def column_of(name):
    return "grad_coordinate" if name in COORDINATES else name


def judge(rec, model, bound, groups):
    """Adds a recording to its group; returns what is beyond its bound."""
    beyond, predicted = [], model(rec)
    recorded = {n for n in rec.arrays if n == "output" or n.startswith("grad_")}
    for name in sorted(recorded - {"grad_output"} - set(predicted)):
        beyond.append(f"{rec.name}: {name} has no model")
    for name, got in predicted.items():
        apart = groups[group_of(rec)][column_of(name)].add(got, rec[name])
        limit = bound(rec, name)
        if not apart <= limit:
            beyond.append(f"{rec.name}: {name} {apart:.3g} beyond {limit:.3g}")
    return beyond


def table(groups, keys):
    """The lines of a Markdown table with these columns of a group's; groups that agree
    in them are one row."""
    rows = {}
    for group, columns in groups.items():
        row = rows.setdefault(tuple(group[KEYS.index(k)] for k in keys), {})
        for name, value in columns.items():
            row[name] = row[name] + value if name in row else value
    names = ["output", *GRADIENTS]
    used = [n for n in names if any(n in row for row in rows.values())]
    heads = [*keys, "n", *used]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for group, row in rows.items():
        cells = [str(row[n]) if n in row else "" for n in used]
        lines.append("| " + " | ".join([*group, str(row["n"]), *cells]) + " |")
    return lines


def update(path, groups):
    """Puts each library's table between the lines `<!-- table LIBRARY KEY... -->` and
    `<!-- end -->` of a page."""
    lines, skipping = [], False
    for line in path.read_text().splitlines():
        skipping = skipping and line != "<!-- end -->"
        if not skipping:
            lines.append(line)
        if line.startswith("<!-- table "):
            prefix, *keys = line.split()[2:-1]
            own = {
                group: columns
                for group, columns in groups.items()
                if prefix == "all" or group[0].startswith(prefix)
            }
            lines += table(own, keys or KEYS)
            skipping = True
    path.write_text("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("prefix", nargs="?", default="", help="of folder/name")
    parser.add_argument("--each", action="store_true", help="print each recording")
    parser.add_argument(
        "--update", type=pathlib.Path, action="append", default=[], metavar="PAGE"
    )
    options = parser.parse_args()
    models = {n: (f, m.bound) for m in modules() for n, f in m.MODELS.items()}
    numpy.seterr(all="ignore")
    groups, beyond = {}, []
    for rec in recording.read_all(prefix=options.prefix):
        fresh = collections.defaultdict(Residual)
        columns = groups.setdefault(group_of(rec), fresh)
        columns["n"] = columns.get("n", 0) + 1
        found = judge(rec, *models[rec.spec["convention"]], groups)
        beyond += found
        if options.each:
            print(rec.name, "beyond" if found else "within")
    print(*table(groups, KEYS), sep="\n")
    for page in options.update:
        update(page, groups)
    print(*beyond, sep="\n", file=sys.stderr)
    print(f"{len(beyond)} arrays beyond their bounds")
    return 1 if beyond or not groups else 0


if __name__ == "__main__":
    sys.exit(main())
