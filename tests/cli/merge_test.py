#!/usr/bin/env python3
"""merge: solvers as one batt file, where each has the outcome that it has alone."""

import json
import re

from _harness import arcbatch, check, main, task, write
from _rewrite import compare_extracted, compare_merged

FIRST = """from dsl import *
from constants import *

def helper(x):
    return hmirror_t(x)

def solve_a(S, I, C):
    x1 = o_g(I, R5)
    x2 = size_f(x1)
    x3 = astuple(x2, True)
    O = dedupe((x3, x3))
    return O

def solve_b(I):
    x1 = o_g(I, R5)
    x2 = size_f(x1)
    O = astuple(x2, ONE)
    return O

def solve_raises(S, I):
    x1 = rbind(compose, hmirror_t)
    x2 = compose(x1, p_g)
    x3 = x2(I)
    x4 = x3(I)
    O = shape_t(x4)
    return O

def solve_shares(S, I):
    x1 = rbind(compose, hmirror_t)
    x2 = compose(x1, p_g)
    x3 = x2(I)
    O = size_t(I)
    return O

def solve_def(I):
    x1 = helper(I)
    O = lambda x: x
    return helper(x1)
"""

SECOND = """from dsl import *
from constants import *

def helper(x):
    return vmirror_t(x)

def solve_b(S, I, C):
    O = helper(C)
    return O

def solve_nested(I):
    return f_ofcolor(hmirror_t(I), first_t((TWO, 3)))

def solve_functions(I):
    x1 = compose(size, first)
    x2 = compose(size, first)
    O = equality(x1, x2)
    return O

def solve_power(I):
    x1 = power(hmirror_t, TWO)
    O = x1(I)
    return O

def solve_parts(S, I):
    x1, x2 = first_t(S)
    O = astuple(x2, (1, -1))
    return O

def solve_input(I):
    return I

def solve_unknown(I):
    return size(nothing)

def other(a, b):
    return a
"""

ARC_DSL = """from dsl import *
from constants import *

def solve_mirror(I):
    O = hmirror(I)
    return O

def solve_type(I):
    x1 = hmirror(I)
    x2 = first(increment(x1))
    return x1

def solve_zero(I):
    x1 = ofcolor(I, NINE)
    x2 = hmirror(I)
    O = divide(ONE, ZERO)
    return O

def solve_zero_too(I):
    x1 = ofcolor(I, NINE)
    x2 = divide(ONE, ZERO)
    O = hmirror(I)
    return O

def solve_order(I):
    x1 = initset(hmirror)
    x2 = insert(vmirror, x1)
    x3 = totuple(x2)
    O = first(x3)
    return O

def solve_after(I):
    x1 = initset(hmirror)
    x2 = insert(vmirror, x1)
    O = hmirror(I)
    return O
"""

TASK = task([([[1, 2], [3, 4]], [[4, 3], [2, 1]]), ([[2, 9]], [[0, 2]])], [([[5], [2]], None)])


def merged(folder, *sources, dialect="tokpidjin"):
    """The text of the batt file of some sources, and its path."""
    paths = [write(folder, f"{k}.py", source) for k, source in enumerate(sources)]
    out = f"{folder}/merged_file.py"
    done = arcbatch("merge", *paths, "--dialect", dialect, "--out", out)
    check(done.code == 0, done)
    with open(out, encoding="utf-8") as handle:
        return handle.read(), out


def test_every_solver_has_the_outcome_it_has_alone(folder):
    tasks = [write(folder, "a.json", TASK)]
    paths = [write(folder, "first.py", FIRST), write(folder, "second.py", SECOND)]
    counts = compare_merged(paths, tasks, "tokpidjin", folder)
    check(counts["different"] == 0 and counts["values"] and counts["errors"], counts)
    check(counts["values"] + counts["errors"] + counts["alone without an outcome"]
          == 5 * counts["solvers"], counts)


def test_errors_of_arc_dsl_are_the_solvers_own(folder):
    tasks = [write(folder, "a.json", TASK)]
    path = write(folder, "all.py", ARC_DSL)
    counts = compare_merged([path], tasks, "arc-dsl", folder)
    check(counts["different"] == 0 and counts["errors"] > 5, counts)
    check(counts["alone without an outcome"] == 5, counts)  # the order of functions
    check(counts["values"] + counts["errors"] == 25, counts)


def test_a_refused_solver_leaves_the_others_alone(folder):
    _, path = merged(folder, ARC_DSL, dialect="arc-dsl")
    done = arcbatch("batt", path, "--dialect", "arc-dsl", "--tasks",
                    write(folder, "a.json", TASK))
    line = json.loads(done.out.splitlines()[0])
    entries = {entry[2]: entry[3] for entry in line["o"]}
    check(entries["order"] is None and entries["after"] == entries["mirror"] ==
          "((3, 4), (1, 2))", line)
    check(entries["type"] == "'TypeError'" and entries["zero"] == "'ZeroDivisionError'", line)


def test_what_is_shared_and_what_is_not(folder):
    text, _ = merged(folder, FIRST, SECOND)
    check(text.count("o_g(I, R5)") == 1 and text.count("size_f(") == 1, text)
    size = re.search(r"(t\d+) = size_f\(", text).group(1)
    check(f"astuple({size}, True)" in text and f"astuple({size}, ONE)" in text, text)
    check(text.count("compose(size, first)") == 2, text)  # two functions, told apart by address
    check("def helper(" not in text and text.count("def helper_") == 2, text)
    check("'b'" in text and "'b.2'" in text and "other" not in text, text)


def test_merged_files_can_be_extracted_from(folder):
    for source, dialect in ((FIRST, "tokpidjin"), (ARC_DSL, "arc-dsl")):
        _, path = merged(folder, source, dialect=dialect)
        tasks = [write(folder, "a.json", TASK)]
        counts = compare_extracted(path, tasks, dialect, folder)
        check(counts["different"] == 0 and counts["not extracted"] == 0, counts)
        check(counts["compared"] >= 20, counts)


def test_what_cannot_be_merged_is_left_out(folder):
    foreign = "import os\n\ndef solve_x(I):\n    return size(os)\n\ndef solve_y(I):\n    return I\n"
    path = write(folder, "foreign.py", foreign)
    done = arcbatch("merge", path)
    check(done.code == 1 and "'solve_x' is left out" in done.err and "'y'" in done.out, done)
    path = write(folder, "none.py", "def f(a, b):\n    return a\n")
    check(arcbatch("merge", path).code == 1, "no solver")
    check(arcbatch("merge").code == 2, "a file is needed")


if __name__ == "__main__":
    main(globals())
