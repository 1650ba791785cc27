"""The page of gradcheck.py: Markdown from the numbers that it kept."""

import json
import re
import statistics

CONTROL = "builtin:reference"
TITLES = {
    "gradcheck": "gradcheck",
    "fast": "fast mode",
    "check_grads": "check_grads",
    "warpcheck": "warpcheck, the same call",
    "plan": "warpcheck, its own plan",
}
OTHERS = ("gradcheck", "fast", "check_grads")
UNTRIED = ("not tried", "out of time", "too large", "too small")

INTRODUCTION = """# The deviations, before other gradient checks

Written by `gradcheck.py`; nothing here is by hand. Again (NumPy is in both environments):

```sh
make bench-gradcheck PYTHON_TORCH=with-torch/bin/python3 PYTHON_JAX=with-jax/bin/python3
```

Every deviation of `warpcheck list deviations` stands behind `warpcheck serve deviation:NAME`, and all tools reach it by
the worker protocol: as a torch.autograd.Function before `torch.autograd.gradcheck`, in its default mode and with
`fast_mode=True`; as a jax.custom_vjp over jax.pure_callback before `jax.test_util.check_grads` (order 1, reverse mode);
as `worker:` before `warpcheck verify`. All with their own tolerances. Image, matrix and (border constant) border value are
float64 and want gradients. The call is the first of HW, HWC with 2 channels and NHWC with 2 items in which the deviation
differs from the reference at all, under border constant and under reflect, with the kernel that it shows with. No sample lies
near a knot, so that numeric derivatives are sound: the right reference is put to each tool in every one of
these calls. A tool that accuses it there has found nothing in that call.

**What a gradient check cannot see.** It compares a gradient with the derivative of the same function's output. A deviation
whose gradient is that of its own, wrong, output is *beyond* it by design, and no failure of it; they are counted apart: those of
which none of the three finds anything in these calls, and `warpcheck` no gradient of image, matrix or border value that is not that of
the subject's own output. `warpcheck` also holds the output against the reference, so that it has more to go by: that is the difference,
not speed.

**Times** are wall time of one check on a machine that does other things as well (its load is below): compare them within
this page only. Those of the others leave out the start of Python and of the worker, and a first check to warm up; those of
`warpcheck` are of the whole program, its own start, the worker's, the sandbox's and, where it fails, the diagnosis with it.
Most of the others' time is the subject's calls, some tenths of a millisecond each. Where fast mode finds something, it goes on to
make the whole Jacobian for its message.
"""


def read(folder, name):
    path = folder / name
    return json.loads(path.read_text()) if path.exists() else None


class Numbers:
    """What was kept: rows, and the result of each tool on each."""

    def __init__(self, folder):
        self.rows = read(folder, "rows.json")
        self.setting = read(folder, "setting.json") or {}
        self.versions, self.results = [], {}
        for side in ("torch", "jax", "warpcheck"):
            kept = read(folder, f"{side}.json") or {"version": "", "results": []}
            self.versions += [kept["version"]] if kept["version"] else []
            for each in kept["results"]:
                self.results[each["row"], each["tool"]] = each

    def accused(self, tool, call):
        """Does the tool accuse the right reference in that call?"""
        return any(
            self.results.get((i, tool), {}).get("verdict") == "found"
            for i, row in enumerate(self.rows)
            if row["subject"] == CONTROL and row["call"] == call
        )

    def verdict(self, tool, index):
        """found, missed, error, or why it was not tried."""
        result = self.results.get((index, tool), {"verdict": "not tried"})
        if result["verdict"] == "found" and self.accused(tool, self.rows[index]["call"]):
            return "accuses the reference too"
        return result["verdict"]

    def of(self, part, subject=None):
        """(index, row) of the part's rows; those of one subject, or of all but the
        reference."""
        return [
            (i, row)
            for i, row in enumerate(self.rows)
            if row["part"] == part
            and (row["subject"] == subject if subject else row["subject"] != CONTROL)
        ]

    def subjects(self):
        return list(dict.fromkeys(row["subject"] for _, row in self.of("all")))

    def tried(self, tool, part):
        """The results that took time, of all subjects."""
        return [
            result
            for (i, name), result in self.results.items()
            if name == tool
            and self.rows[i]["part"] == part
            and result["verdict"] not in UNTRIED
        ]


def outcome(numbers, tool, subject):
    """Over the borders in which the deviation shows: found where it is in any."""
    rows = [(i, r) for i, r in numbers.of("all", subject) if r["shows"] or tool == "plan"]
    if not rows:
        return "does not show"
    verdicts = [numbers.verdict(tool, i) for i, _ in rows]
    found = [r["call"]["border"] for (_, r), v in zip(rows, verdicts) if v == "found"]
    if found:
        partly = "missed" in verdicts
        return f"found ({', '.join(found)} only)" if partly else "found"
    tried = [v for v in verdicts if v not in UNTRIED]
    return tried[0] if tried else verdicts[0]


def ours(numbers, subject):
    same, plan = (outcome(numbers, tool, subject) for tool in ("warpcheck", "plan"))
    return "found (own plan)" if plan == "found" else same


def is_named(numbers, subject):
    name = rf"equals the reference with {subject.split(':')[1]}[: ]"
    for index, _ in numbers.of("all", subject):
        for tool in ("warpcheck", "plan"):
            said = numbers.results.get((index, tool), {}).get("said") or ""
            if re.search(name, said):
                return True
    return False


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def seconds(value):
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"


def is_beyond(numbers, subject):
    """Is the gradient that of its own output in each call in which it shows?"""
    calls = [i for i, row in numbers.of("all", subject) if row["shows"]]
    results = [numbers.results.get((i, "warpcheck"), {}) for i in calls]
    judged = all(result.get("verdict") in ("found", "missed") for result in results)
    found = any(numbers.verdict(tool, i) == "found" for i in calls for tool in OTHERS)
    return judged and not found and not any(r.get("inconsistent") for r in results)


def groups(numbers):
    """The deviations that show in a call: those that a gradient check could find, and
    those beyond it."""
    rows = numbers.of("all")
    shown = list(dict.fromkeys(row["subject"] for _, row in rows if row["shows"]))
    beyond = [s for s in shown if is_beyond(numbers, s)]
    return [s for s in shown if s not in beyond], beyond


def count(numbers, tool, subjects):
    """found / tried, and how many could not be tried."""
    outcomes = [outcome(numbers, tool, subject) for subject in subjects]
    tried = [each for each in outcomes if each not in UNTRIED]
    untried = len(outcomes) - len(tried)
    found = sum(each.startswith("found") for each in tried)
    return f"{found} of {len(tried)}" + (f" ({untried} not tried)" if untried else "")


def accusations(numbers, tool, part):
    controls = [numbers.results.get((i, tool)) for i, _ in numbers.of(part, CONTROL)]
    tried = [c for c in controls if c and c["verdict"] not in UNTRIED]
    return f"{sum(c['verdict'] == 'found' for c in tried)} of {len(tried)}"


def times(results):
    taken = [result["seconds"] for result in results]
    if not taken:
        return ["", "", ""]
    return [seconds(f(taken)) for f in (statistics.median, max, sum)]


def totals(numbers):
    reachable, beyond = groups(numbers)
    header = ["", "accuses the right reference", f"finds, of {len(reachable)} that a "
              "gradient check could find", f"of {len(beyond)} beyond one",
              "median s", "longest s", "all s", "median calls"]  # fmt: skip
    rows = []
    for tool in (*OTHERS, "warpcheck"):
        results = numbers.tried(tool, "all")
        calls = [r["calls"] for r in results if r.get("calls")]
        rows.append([
            TITLES[tool], accusations(numbers, tool, "all"),
            count(numbers, tool, reachable), count(numbers, tool, beyond),
            *times(results), round(statistics.median(calls)) if calls else "",
        ])  # fmt: skip
    errors = [
        f"`{TITLES[name]}` on {numbers.rows[i]['subject']}: {result['said']}"
        for (i, name), result in numbers.results.items()
        if result["verdict"] == "error"
    ]
    text = table(header, rows)
    for tool in (*OTHERS, "warpcheck"):
        missed = [s.split(":")[1] for s in reachable if outcome(numbers, tool, s) == "missed"]
        if missed:
            text += f"\n\nOf those that a gradient check could find {TITLES[tool]} misses: "
            text += ", ".join(missed) + "."
    if errors:
        text += "\n\nThese ended in an error, which is no detection:\n\n- "
        text += "\n- ".join(errors)
    return text


def elsewhere(numbers):
    """The deviations that show in none of the calls."""
    reachable, beyond = groups(numbers)
    hidden = [s for s in numbers.subjects() if s not in reachable + beyond]
    large = {row["subject"] for _, row in numbers.of("all") if row["large"]}
    plan = [s for s in hidden if s not in large]
    found = [s for s in plan if outcome(numbers, "plan", s) == "found"]
    rest = [s.split(":")[1] for s in plan if s not in found]
    results = numbers.tried("plan", "all")
    text = (
        f"{len(hidden)} deviations show in none of these calls, so that nobody can find them there. "
        f"{len(large)} need a larger image and were put to no tool. "
        f"To the other {len(plan)} `warpcheck verify` was put with its own plan of matrices under all five borders "
        f"(layout HWC, float64; {times(results)[0]} s by the median), and it found {len(found)}; "
        f"of the right reference it accused {accusations(numbers, 'plan', 'all')}."
    )
    if rest:
        text += f" Not found, or not tried in time: {', '.join(rest)}."
    unseen = [n for n in rest if n in ("first-item-for-all", "batch-summed", "output-added")]
    if unseen:
        text += (
            " (A served deviation warps batch items one by one, into buffers of its own: those of batches, and of"
            " what a buffer holds before, do not show by a worker. `warpcheck verify deviation:NAME` is another way in.)"
        )
    return text


def one_entry(numbers):
    keys = dict.fromkeys(
        (row["subject"], row["call"]["size"][0]) for _, row in numbers.of("one-entry")
    )
    rows = []
    for subject, side in keys:
        for tool in (*OTHERS, "warpcheck"):
            mine = [
                (i, numbers.results.get((i, tool)))
                for i, row in numbers.of("one-entry", subject)
                if row["call"]["size"][0] == side and row["shows"]
            ]
            mine = [(i, r) for i, r in mine if r and r["verdict"] not in UNTRIED]
            verdicts = [numbers.verdict(tool, i) for i, _ in mine]
            name = subject.split(":")[1]
            size = f"{side}x{side}"
            missed = f"{verdicts.count('missed')} of {len(mine)}" if mine else "not tried"
            spoilt = verdicts.count("accuses the reference too")
            if spoilt:
                missed += f" (in {spoilt} it accuses the reference too)"
            rows.append([name, size, TITLES[tool], missed, *times([r for _, r in mine])[:2]])
    return table(["deviation", "image", "tool", "misses", "median s", "longest s"], rows)


def each(numbers):
    rows, beyond = [], groups(numbers)[1]
    for subject in numbers.subjects():
        row = numbers.of("all", subject)[0][1]
        shown = dict.fromkeys(w for _, r in numbers.of("all", subject) for w in r["shows"])
        nowhere = "needs a larger image" if row["large"] else "nothing"
        rows.append([
            subject.split(":")[1], row["scope"], row["call"]["kernel"],
            ", ".join(shown) or nowhere,
            "beyond" if subject in beyond else "",
            *(outcome(numbers, tool, subject) for tool in OTHERS),
            ours(numbers, subject), "yes" if is_named(numbers, subject) else "",
        ])  # fmt: skip
    rows = [["" if cell in ("does not show", "too small") else cell for cell in r] for r in rows]
    return table(["deviation", "scope", "kernel", "shows in", "a gradient check",
                  "gradcheck", "fast mode", "check_grads", "warpcheck", "named"],
                 rows)  # fmt: skip


def setting_of(numbers):
    s = numbers.setting
    if not s:
        return ""
    passes = s.get("passes", 1)
    end = (
        " in the first pass; later ones went on where a tool had been out of time or had ended in an error, several tools at once."
        if passes > 1
        else f"; {s['seconds'] / 60:.0f} minutes in all."
    )
    load = ", ".join(f"{value:.1f}" for value in s["load"])
    return (
        f"This run: {', '.join(numbers.versions)}; image {s['size']} to {s['output']}; seed {s['seed']} of image and "
        f"matrix, 0 of torch; {s['cores']} cores, load {load} as it began and ended; at most {s['limit']:.0f} s a tool{end} "
        "The projections of fast mode and of check_grads are seeded by these "
        "libraries themselves and are the same each time."
    )


def page_of(folder):
    numbers = Numbers(folder)
    seeds = numbers.setting.get("seeds", "several")
    return "\n\n".join([
        INTRODUCTION + "\n" + setting_of(numbers),
        "## Totals", totals(numbers), elsewhere(numbers),
        "## One wrong entry",
        "One input pixel that gets no gradient (one-pixel-lost), and one sample scattered with weights too small by 1e-6 of "
        f"themselves (one-sample-off): bilinear, border reflect, HW, seeds 1 to {seeds} of image and matrix. The default mode is "
        "tried once, at the smaller size; warpcheck, which looks at every entry whatever the seed, a few times.",
        one_entry(numbers),
        "## Each deviation",
        "*shows in*: what differs from the reference in any of the two calls. *beyond*: the gradient is that of its own output. "
        "*named*: warpcheck's diagnosis names it.",
        each(numbers),
    ]) + "\n"  # fmt: skip
