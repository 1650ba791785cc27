#!/usr/bin/env python3
"""Counts false alarms: puts random cases to subjects that are right, and judges each.

Usage: count.py PAGE --warpcheck PROGRAM --forms PLUGIN [--python "PROGRAM..."] [--seed N]
                [--count N] [--jobs N] [--keep FOLDER] [--resume FOLDER]
Cases are random calls of whatever libraries the Pythons have, COUNT of each (fewer of slow
ones), the calls that `verify` puts to those that the Python adapter knows, and a quarter of
COUNT problems or more for the forms (check/forms).  Writes the page,
and keeps calls that are judged wrong in false-alarms/, or where --keep says.  With --resume
what was counted is kept in that folder, library by library, and not counted again.  Exit 1
where a case was judged wrong, 77 where there was no library.
"""

import argparse
import json
import math
import pathlib
import random
import sys
import time
from concurrent import futures

sys.dont_write_bytecode = True  # the folder is distributed

import page
import subjects

PROBLEMS = 0.25  # for the forms, as a multiple of the calls of a library
SLOW = {"jax": 0.06}  # it compiles every call: a part of the calls of others


def once(options, name, ask):
    """The cases that `ask` gives; those that were kept, where a count is gone on with."""
    if options.resume is None:
        return list(ask())
    options.resume.mkdir(exist_ok=True)
    kept = options.resume / f"{name}-{options.seed}-{options.count}.json"
    if not kept.exists():
        kept.write_text(json.dumps(list(ask())))
    return [subjects.Case(*case) for case in json.loads(kept.read_text())]


def count_calls(options, pool):
    found = subjects.libraries(options.python.split())
    for python, library, version in found:
        started = time.monotonic()
        count = math.ceil(options.count * SLOW.get(library, 1))

        def ask():
            return subjects.calls(options, python, library, version, count, pool)

        cases = once(options, f"{library}-{version}", ask)
        report(f"{library} {version}", cases, started)
        yield from cases


def count_adapters(options, pool):
    rows = subjects.adapted(options.python.split())
    answers = pool.map(lambda row: subjects.adapter_cases(options, *row), rows)
    return [case for cases in answers for case in cases]


def count_forms(options, pool):
    wanted = int(options.count * PROBLEMS)
    draw, turn, cases = random.Random(options.seed), 0, []
    while len(cases) < wanted:
        requests = [
            subjects.form_request(draw, turn + i, options.seed) for i in range(64)
        ]
        turn += len(requests)
        for some in pool.map(lambda r: subjects.form_cases(options, *r), requests):
            cases += some
    return cases


def report(what, cases, started):
    alarms = [case for case in cases if case.verdict == subjects.ALARM]
    left = sum(case.verdict == subjects.OPEN for case in cases)
    print(f"{what}: {len(cases)} cases, {len(alarms)} false alarms, {left} not judged", end="")
    print(f", {time.monotonic() - started:.0f} s", flush=True)
    for case in alarms:
        print("FAIL", case.dtype, case.again, case.why, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("--warpcheck", required=True)
    parser.add_argument("--forms", required=True)
    parser.add_argument("--python", default="python3")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1640)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--resume", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--keep", type=pathlib.Path, default="false-alarms")
    options = parser.parse_args()
    with futures.ThreadPoolExecutor(options.jobs) as pool:
        cases = list(count_calls(options, pool))
        for name, count in (("adapters", count_adapters), ("forms", count_forms)):
            started = time.monotonic()
            some = once(options, name, lambda: count(options, pool))
            report(name, some, started)
            cases += some
    options.page.write_text(page.written(cases, options))
    alarms = sum(case.verdict == subjects.ALARM for case in cases)
    print(f"false alarms: {len(cases)} cases, {alarms} false alarms")
    if alarms:
        return 1
    return 0 if any(case.kind == "calls" for case in cases) else 77


if __name__ == "__main__":
    sys.exit(main())
