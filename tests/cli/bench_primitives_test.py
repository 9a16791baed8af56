"""arcbatch bench primitives: its table, its JSON, and the order of its rows."""

import json
import os
import re
import sys

from _harness import arcbatch, check, main, write

KEYS = ["machine", "rounds", "python", "floor", "primitives", "summary"]
CALL_KEYS = ["call", "setup", "grid", "ns", "exact_ns", "reference_ns", "floor_ns", "floor_bytes",
             "floor_operations", "ratio", "over_floor", "generic_share", "agrees"]
# Enough of the reference's interface for the primitives that the program below names, and for the
# functions that their arguments are made with.
DSL = ("def identity(x):\n    return x\n"
       "def even(n):\n    return n % 2 == 0\n"
       "def branch(condition, a, b):\n    return a if condition else b\n")
PROGRAM = ("def solve_t1(I):\n    x1 = identity(I)\n    x2 = identity(x1)\n"
           "    x3 = compose(identity, flip)\n    x4 = branch(T, x1, x2)\n    x5 = branch(F, x1, x2)\n"
           "    return x2\n")


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def test_all_primitives(folder):
    report = os.path.join(folder, "report.json")
    done = arcbatch("bench", "primitives", "--repeat", "1", "--json", report)
    check(done.code == 0, done)
    data = read(report)
    check(list(data) == KEYS and data["rounds"] == 1 and data["python"] is None, data)
    names = [p["name"] for p in data["primitives"]]
    listed = arcbatch("primitives", "--names").out.split()
    check(len(names) == 160 and sorted(names) == sorted(listed), (names, listed))
    mentions = [p["mentions"] for p in data["primitives"]]
    check(mentions == sorted(mentions, reverse=True) and mentions[0] > 0, mentions)
    for primitive in data["primitives"]:
        check(primitive["calls"], primitive)
        for call in primitive["calls"]:
            check(list(call) == CALL_KEYS, call)
            check(call["ns"] > 0 and call["exact_ns"] > 0 and call["agrees"], call)
            check(call["floor_ns"] >= data["floor"]["dispatch_ns"], call)
            check(abs(call["over_floor"] * call["floor_ns"] - call["ns"]) < 1e-6 * call["ns"], call)
            check(call["reference_ns"] is None and call["ratio"] is None, call)
            check(call["grid"] in (None, "10x10", "30x30"), call)
    fill = next(p for p in data["primitives"] if p["name"] == "fill")
    check({c["grid"] for c in fill["calls"]} == {"10x10", "30x30"}, fill)
    summary = data["summary"]
    check(summary["primitives"] == 160 and summary["disagreements"] == 0, summary)
    check(summary["calls"] == sum(len(p["calls"]) for p in data["primitives"]), summary)
    check(summary["ratio"] is None and summary["over_floor"]["geomean"] > 0, summary)
    check(f"{summary['calls']} calls of 160 primitives" in done.out, done)
    check(re.search(r"^ +\d+ fill\(G, FOUR, locs\) +30x30( +[\d.]+k?){4} ?[Fg]*$", done.out, re.M), done)


def test_the_most_used_against_a_reference(folder):
    write(folder, "reference/dsl.py", DSL)
    write(folder, "reference/constants.py", "ONE = 1\nTWO = 2\nTHREE = 3\nFOUR = 4\n")
    programs = write(folder, "p.py", PROGRAM)
    report = os.path.join(folder, "report.json")
    done = arcbatch("bench", "primitives", "--repeat", "1", "--programs", programs, "--used", "2",
                    "--against", os.path.join(folder, "reference"), "--python", sys.executable,
                    "--json", report)
    check(done.code == 0, done)
    data = read(report)
    check([(p["name"], p["mentions"]) for p in data["primitives"]] == [("identity", 3),
                                                                       ("branch", 2)], data)
    check(data["python"]["version"].startswith(sys.version.split()[0]), data)
    for primitive in data["primitives"]:
        for call in primitive["calls"]:
            check(call["agrees"] and call["reference_ns"] > 0, call)
            check(abs(call["ratio"] * call["ns"] - call["reference_ns"]) <
                  1e-6 * call["reference_ns"], call)
    check(data["summary"]["below_ratio"] is not None, data["summary"])
    check(re.fullmatch(r"CPython/fast geomean .+ below 20 \(P, p\)", done.out.splitlines()[-1]), done)


def test_a_disagreement_is_shown(folder):
    write(folder, "reference/dsl.py", DSL.replace("else b", "else a"))
    write(folder, "reference/constants.py", "ONE = 1\nTWO = 2\nTHREE = 3\nFOUR = 4\n")
    programs = write(folder, "p.py", PROGRAM)
    done = arcbatch("bench", "primitives", "--repeat", "1", "--programs", programs, "--used", "2",
                    "--against", os.path.join(folder, "reference"), "--python", sys.executable)
    check(done.code == 0 and "calls with another result: 1 (!)" in done.out, done)
    check(re.search(r"branch\(s, ONE, TWO\) .*!$", done.out, re.M), done)


def test_wrong_usage(folder):
    for arguments in (["--used", "0"], ["--used", "161"], ["--repeat", "0"], ["--tasks", folder]):
        done = arcbatch("bench", "primitives", *arguments)
        check(done.code == 2 and "bench primitives --help" in done.err, done)
    done = arcbatch("bench", "--repeat", "2", "primitives")
    check(done.code == 2 and "goes after `primitives`" in done.err, done)
    done = arcbatch("bench", "primitives", "--against", folder)
    check(done.code == 1 and "dsl.py" in done.err, done)
    done = arcbatch("bench", "primitives", "--help")
    check(done.code == 0 and "JSON keys:" in done.out and "arcbatch bench primitives" in done.out,
          done)


if __name__ == "__main__":
    main(globals())
