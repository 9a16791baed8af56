"""arcbatch bench: its tables, its JSON, and a small reference under CPython."""

import json
import os
import re
import sys

from _harness import arcbatch, check, main, task, write

LAST = (r"geomean \d+\.\dx p10 \d+\.\dx median \d+\.\dx total \d+\.\dx "
        r"total-without-slowest \d+\.\dx")
# Enough of the reference's interface for the programs below.
DSL = ("def rot90(grid):\n    return tuple(row for row in zip(*grid[::-1]))\n"
       "def first(container):\n    return next(iter(container))\n"
       "def vmirror(piece):\n    return tuple(row[::-1] for row in piece)\n")
PROGRAMS = ("from dsl import *\nfrom constants import *\n"
            "def solve_t1(I):\n    x1 = rot90(I)\n    O = vmirror(x1)\n    return O\n"
            "def solve_t2(I):\n    x1 = first(ORIGIN)\n    O = first(x1)\n    return O\n")


def files(folder):
    programs = write(folder, "p.py", PROGRAMS)
    for name in ("t1", "t2"):
        write(folder, f"tasks/{name}.json",
              task([([[1, 2], [3, 4]], [[1, 3], [2, 4]])], [([[5]], [[5]])]))
    write(folder, "reference/dsl.py", DSL)
    write(folder, "reference/constants.py", "ORIGIN = (0, 0)\n")
    return ["--programs", programs, "--tasks", os.path.join(folder, "tasks"), "--repeat", "1"]


def test_alone(folder):
    done = arcbatch("bench", *files(folder))
    check(done.code == 0 and "4 measured, 0 left out" in done.out, done)
    check(re.search(r"^dispatch  [\d.]+ ns a statement, over a chain of 200", done.out, re.M), done)
    check(re.search(r"^compile   [\d.e-]+ million statements a second, over 6 in 1", done.out, re.M),
          done)
    check(re.fullmatch(r"geomean .+ median .+ p90 .+ total .+", done.out.splitlines()[-1]), done)


def test_against_a_reference(folder):
    report = os.path.join(folder, "report.json")
    done = arcbatch("bench", *files(folder), "--against", os.path.join(folder, "reference"),
                    "--python", sys.executable, "--json", report)
    check(done.code == 0, done)
    check(re.fullmatch(LAST, done.out.splitlines()[-1]), done)
    check("4 of them end as in CPython" in done.out, done)
    check("--enable-optimizations" in done.out, done)
    with open(report, encoding="utf-8") as file:
        data = json.load(file)
    check(list(data) == ["machine", "rounds", "python", "engine", "cases", "left_out", "summary"],
          data)
    engine = data["engine"]
    check(engine["dispatch_ns"] > 0 and engine["dispatch_statements"] == 200, engine)
    check(engine["compile_files"] == 1 and engine["compile_statements"] == 6, engine)
    check(engine["compile_statements_per_second"] > 0, engine)
    check(data["python"]["version"].startswith(sys.version.split()[0]), data["python"])
    check(len(data["cases"]) == 4 and all(c["agrees"] for c in data["cases"]), data)
    case = data["cases"][2]
    check(case["program"] == "solve_t2" and case["error"] == "TypeError", case)
    check(case["ns"] > 0 and case["reference_ns"] > 0 and case["samples"] > 0, case)
    check(abs(case["ratio"] - case["reference_ns"] / case["ns"]) < 1e-6 * case["ratio"], case)
    check(data["summary"]["cases"] == 4 and data["summary"]["disagreements"] == 0, data)
    check(not os.path.exists(os.path.join(folder, "reference/__pycache__")))


def test_a_disagreement_is_shown(folder):
    arguments = files(folder)
    write(folder, "reference/dsl.py", DSL.replace("row[::-1]", "row"))
    done = arcbatch("bench", *arguments, "--against", os.path.join(folder, "reference"),
                    "--python", sys.executable)
    check(done.code == 0 and "3 of them end as in CPython" in done.out, done)
    check("solve_t1 train[0]: ((1, 3), (2, 4)) here, ((3, 1), (4, 2)) in CPython" in done.out, done)


def test_limit_spreads_the_cases(folder):
    report = os.path.join(folder, "report.json")
    done = arcbatch("bench", *files(folder), "--limit", "2", "--json", report)
    check(done.code == 0, done)
    with open(report, encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    check([case["program"] for case in cases] == ["solve_t1", "solve_t2"], cases)


def test_shared(folder):
    arguments = files(folder) + ["--shared"]
    done = arcbatch("bench", *arguments)
    check(done.code == 0 and "2, of which 0 are opaque, in 2 graphs" in done.out, done)
    check("6, of which 6 are different; 6 steps" in done.out, done)
    check(re.search(r"^one by one .+ runs a second$", done.out, re.M), done)
    check(re.fullmatch(r"shared \d+\.\d\dx over 4 runs, all outcomes the same",
                       done.out.splitlines()[-1]), done)
    done = arcbatch("bench", *arguments, "--all")
    check(done.code == 0 and "in 1 graph\n" in done.out, done)
    check("over 8 runs, all outcomes the same" in done.out, done)
    done = arcbatch("bench", *arguments, "--mutants", "5")
    check(done.code == 0 and "10, of which 0 are opaque, in 2 graphs" in done.out, done)
    check("over 20 runs, all outcomes the same" in done.out, done)
    report = os.path.join(folder, "shared.json")
    done = arcbatch("bench", *arguments, "--all", "--against", os.path.join(folder, "reference"), "--python",
                    sys.executable, "--inputs", "3", "--json", report)
    check(done.code == 0 and "4 inputs, 8 runs one by one; 0 too long, 0 limits" in done.out, done)
    with open(report, encoding="utf-8") as file:
        figures = json.load(file)
    check(figures["graphs"] == 1 and figures["programs"] == 2 and figures["runs"] == 8, figures)
    check(figures["reference"]["disagreements"] == 0 and figures["reference"]["total_ratio"] > 0, figures)
    check(0 < figures["input_seconds"]["median"] <= figures["input_seconds"]["p99"], figures)
    for wrong in (["--all"], ["--mutants", "2"], ["--inputs", "2"]):
        check(arcbatch("bench", *files(folder), *wrong).code != 0, wrong)
    check(arcbatch("bench", *arguments, "--limit", "1").code != 0)


def test_failures_are_clear(folder):
    arguments = files(folder)
    reference = os.path.join(folder, "reference")
    done = arcbatch("bench", *arguments, "--against", folder, "--python", sys.executable)
    check(done.code == 1 and "dsl.py" in done.err, done)
    done = arcbatch("bench", *arguments, "--against", reference, "--python", "/no/such/python")
    check(done.code == 1 and "/no/such/python" in done.err, done)
    done = arcbatch("bench", *arguments, "--against", reference, "--python", "/bin/false")
    check(done.code == 1 and "exit code 1" in done.err, done)
    write(folder, "reference/constants.py", "ORIGIN = (\n")
    done = arcbatch("bench", *arguments, "--against", reference, "--python", sys.executable)
    check(done.code == 1 and "SyntaxError" in done.err, done)
    if os.path.exists("/dev/full"):
        done = arcbatch("bench", *arguments, "--json", "/dev/full")
        check(done.code == 1 and "No space left" in done.err, done)


if __name__ == "__main__":
    main(globals())
