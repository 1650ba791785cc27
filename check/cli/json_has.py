"""Checks JSON on standard input against lines "PATH VALUE" of a file.

PATH is keys and indices joined by dots; a key that holds a dot cannot be named.  An
index may be KEY=TEXT, the first element whose KEY is TEXT ('_' stands for a blank).
VALUE is JSON; a number may carry a tolerance, "0.58 +- 0.01"; '*' accepts anything.
"""

import json
import sys


def step(value, key):
    if isinstance(value, list):
        if "=" in key:
            name, text = key.split("=", 1)
            return next(v for v in value if str(v[name]).replace(" ", "_") == text)
        return value[int(key)]
    return value[key]


def agrees(got, want):
    if want == "*":
        return True
    if "+-" in want:
        middle, tolerance = (float(part) for part in want.split("+-"))
        return abs(got - middle) <= tolerance
    return got == json.loads(want)


def main(path):
    try:
        document = json.load(sys.stdin)
    except ValueError as error:
        print(f"  standard output is not JSON: {error}")
        return True
    bad = 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            where, want = line.strip().split(" ", 1)
            value = document
            try:
                for key in where.split("."):
                    value = len(value) if key == "length" else step(value, key)
            except (KeyError, IndexError, StopIteration, TypeError):
                print(f"  {where}: not there")
                bad += 1
                continue
            if not agrees(value, want.strip()):
                print(f"  {where}: {value!r} instead of {want.strip()}")
                bad += 1
    return bad > 0


sys.exit(main(sys.argv[1]))
