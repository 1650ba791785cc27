"""The page of false alarms."""

import collections
import subprocess

from subjects import ALARM, OPEN, reason

HEAD = """\
# False alarms: right subjects that were judged wrong

`make false-alarms` wrote this page. It puts random cases to subjects that are right, none of which is the reference
itself, and counts how many Warpcheck judges to be wrong. A *case* is one random call of a library, with all that was recorded of
it, or one problem put to a form, with all that its checkers found; it is an alarm where any of that fails or is marginal, and *not judged*
where nothing passes and nothing fails. Recordings that the tests have anyway (`check/recordings`) are not counted.

**{cases} cases, {alarms} false alarms, {left} not judged.** Were one case in {power} of these kinds judged wrong, so many judged cases would
have shown one with a probability of 95%.

- *Libraries*: {calls} random calls of {libraries} libraries and versions, under {conventions} conventions. Sizes, maps, values, types,
  words and options are drawn (`check/vectors/live.py`), by numbers that round as well as by those that do not. Layouts are those of the arrays
  as recorded: NHWC and NDHWC are tensors of channels last. JAX, which compiles every call, has fewer.
- *Adapter*: {adapted} calls that `verify` puts to the functions of the same libraries in place, through the Python adapter (`check/python/live.txt`): every
  word, border and flag in float64 and float32, images and coordinates drawn, matrices from a table of four.
- *Forms*: {problems} problems put to {forms} forms of a right warp (`check/forms`), a plugin that shares no code with the
  reference: sums by taps, backwards and by rows, fused multiply-adds, lerps, two threads, the last weight as the remainder of the others; all
  of it, coordinates and scatter included, in single precision where images are no wider; numbers of 16 bits are rounded as they are stored. Matrices,
  sizes and kernels are drawn; each verification puts every border, one in forty every layout too (level 4), and one in 160 with three seeds (level 5).

To count again:

```sh
make false-alarms PYTHON="..." SEED={seed} COUNT={count}
```

PYTHON has the programs whose libraries are asked. With the same versions, seed and count it is the same cases. A call by itself: `live.py LIBRARY FOLDER
--seed {seed} --only NUMBER`, then `warpcheck verify recording:FILE`. Written by {program}.
"""


KINDS = ("calls", "adapters", "forms")


def listed(words):
    """Words by their order, and without those that are said twice."""
    return ", ".join(sorted(set(words)))


def rows(cases, key):
    groups = collections.defaultdict(list)
    for case in cases:
        groups[key(case)].append(case)
    return sorted(groups.items())


def count(cases, verdict):
    return sum(case.verdict == verdict for case in cases)


def table(cases, heads, key):
    lines = [f"| {heads} | types | layouts | cases | false alarms | not judged |"]
    lines += ["|" + "---|" * (heads.count("|") + 3) + "--:|" * 3]
    for names, some in rows(cases, key):
        cells = [*names, listed(c.dtype for c in some), listed(c.layout for c in some)]
        cells += [len(some), count(some, ALARM), count(some, OPEN)]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def by_type(cases):
    lines = ["| type | random calls | by the adapter | for forms | false alarms | not judged |"]
    lines += ["|---|--:|--:|--:|--:|--:|"]
    for dtype, some in rows(cases, lambda case: case.dtype):
        kinds = [sum(case.kind == kind for case in some) for kind in KINDS]
        cells = [dtype, *kinds, count(some, ALARM), count(some, OPEN)]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def unjudged(cases):
    lines = ["| subject | type | cases | why |", "|---|---|--:|---|"]
    left = [case for case in cases if case.verdict == OPEN]
    for names, some in rows(left, lambda case: (case.subject, case.dtype, reason(case.why))):
        lines.append(f"| {names[0]} | {names[1]} | {len(some)} | {names[2]} |")
    return "\n".join(lines) if left else "None."


def never(calls, program):
    """The conventions that no call is of."""
    said = subprocess.run([program, "list", "conventions"], capture_output=True, text=True)
    names = [line.split()[0] for line in said.stdout.splitlines()]
    asked = {case.convention for case in calls}
    return [n for n in names if n not in asked and not n.startswith("reference.")]


def written(cases, options):
    calls, adapted, forms = (
        [case for case in cases if case.kind == kind] for kind in KINDS
    )
    program = [options.warpcheck, "--version"]
    version = subprocess.run(program, capture_output=True, text=True).stdout
    head = HEAD.format(
        cases=len(cases),
        alarms=count(cases, ALARM),
        left=count(cases, OPEN),
        power=max(1, (len(cases) - count(cases, OPEN)) // 3),
        calls=len(calls),
        libraries=len({case.subject for case in calls}),
        conventions=len({case.convention for case in calls}),
        adapted=len(adapted),
        problems=len(forms),
        forms=len({case.subject for case in forms}),
        seed=options.seed,
        count=options.count,
        program=version.partition("\n")[0],
    )
    parts = [
        head,
        "## Libraries\n",
        table(calls, "library | convention", lambda c: (c.subject, c.convention)),
        f"\nNo call was made of {', '.join(never(calls, options.warpcheck))}.\n",
        "## Through the adapter\n",
        table(adapted, "library | convention", lambda c: (c.subject, c.convention)),
        "\n## Forms\n",
        table(forms, "form", lambda c: (c.subject,)),
        "\n## By type of the image\n",
        by_type(cases),
        "\n## Not judged, and why\n",
        "Where no more is said than which array, the smallest error that a pass would have found is above what is asked for.\n",
        unjudged(cases),
    ]
    return "\n".join(parts) + "\n"
