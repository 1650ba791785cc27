#!/usr/bin/env python3
"""Counts false alarms: puts random cases to subjects that are right, and judges each.

Usage: count.py PAGE --warpcheck PROGRAM --forms PLUGIN [--python "PROGRAM..."] [--seed N]
                [--count N]
Four in five of the cases are random calls of whatever libraries the Pythons have, as many
of each (fewer of slow ones); the others are problems for the forms (check/forms).  Writes
the page, and keeps calls that are judged wrong in false-alarms/.  Exit 1 where one was, 77
where there was no library.
"""

import argparse
import math
import pathlib
import random
import sys
import time
from concurrent import futures

sys.dont_write_bytecode = True  # the folder is distributed

import page
import subjects

PART = 0.8  # of the cases, those that are calls of libraries
SLOW = {"jax": 0.06}  # it compiles every call: part of what the others get


def count_calls(options, pool):
    found = subjects.libraries(options.python.split())
    parts = [SLOW.get(library, 1) for _, library, _ in found]
    for part, (python, library, version) in zip(parts, found):
        started = time.monotonic()
        count = math.ceil(options.count * PART * part / sum(parts))
        cases = list(subjects.calls(options, python, library, version, count, pool))
        report(f"{library} {version}", cases, started)
        yield from cases


def count_forms(options, pool):
    wanted = int(options.count * (1 - PART))
    draw, turn, started, cases = random.Random(options.seed), 0, time.monotonic(), []
    while len(cases) < wanted:
        requests = [
            subjects.form_request(draw, turn + i, options.seed) for i in range(64)
        ]
        turn += len(requests)
        for some in pool.map(lambda r: subjects.form_cases(options, *r), requests):
            cases += some
    report(f"forms, {turn} verifications", cases, started)
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
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=pathlib.Path, default="false-alarms")
    options = parser.parse_args()
    with futures.ThreadPoolExecutor(options.jobs) as pool:
        cases = [*count_calls(options, pool), *count_forms(options, pool)]
    options.page.write_text(page.written(cases, options))
    alarms = sum(case.verdict == subjects.ALARM for case in cases)
    print(f"false alarms: {len(cases)} cases, {alarms} false alarms")
    if alarms:
        return 1
    return 0 if any(case.kind == "calls" for case in cases) else 77


if __name__ == "__main__":
    sys.exit(main())
