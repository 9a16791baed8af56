#!/usr/bin/env python3
"""--dialect: programs, constants, safe calls and batt files of tokpidjin, and what is proposed."""

import json

from _harness import arcbatch, check, main, write

PROGRAM = """from dsl import *
from constants import *

def solve(S, I, C):
    x1 = o_g(I, R5)
    x2 = get_nth_f(x1, F0)
    x3 = uppermost(C)
    return astuple(x2, x3)
"""

BATT = """from pile import *
from safe_dsl import _get_safe_default
from batt_gpu import batch_process_samples_gpu

def batt(task_id, S, I, C, log_path):
    s = []
    o = []
    t1 = identity(p_g)
    t2 = t1(I)
    t3 = t1(C)
    try:
        t4 = rbind(5, 1)
    except (TypeError, AttributeError, ValueError):
        t4 = _get_safe_default(rbind)
    try:
        t5 = t3(1)
    except (TypeError, AttributeError, ValueError):
        t5 = _get_safe_default(size)
    t6, t7, t8, t9 = batch_process_samples_gpu(S)
    t10 = insert(first, initset(second))
    t11 = totuple(t10)
    t12 = get_nth_t(t11, F0)
    o.append((1, True, 'none', I))
    o.append((5, False, '00d62c1b', t5))
    o.append((12, False, 'none', t12))
    s.append((3, 'None', 'differ_0', t3))
    return o, s
"""

TASK = {"train": [{"input": [[1, 2]], "output": [[1, 2]]}, {"input": [[3]], "output": [[4]]}],
        "test": [{"input": [[5]]}]}


def request(source, args, dialect="tokpidjin"):
    text = json.dumps({"source": source, "args": args, "dialect": dialect})
    return json.loads(arcbatch("eval", "--jsonl", stdin=text + "\n").out)


def test_cells_defaults_and_constants(_):
    answer = request(PROGRAM, [[], [[0, 1], [0, 0]], None])
    check(answer == {"status": "value", "value": "(frozenset({(0, 1, 1)}), nan)"}, answer)
    answer = request("def f():\n    return size(1, 2, 3)\n", [])
    check(answer["value"] == "0", answer)
    answer = request("def f():\n    g = compose(5, size)\n    return g(())\n", [])
    check(answer["status"] == "error" and answer["error"] == "TypeError", answer)


def test_arc_dsl_is_the_default_and_the_other_is_proposed(folder):
    path = write(folder, "solve.py", PROGRAM)
    grid = write(folder, "grid.json", [[1]])
    done = arcbatch("eval", path, "--input", grid)
    check("--dialect tokpidjin" in done.err, done)
    check(arcbatch("eval", path, "--input", grid, "--dialect", "klingon").code == 2, done)


def test_run_counts_operations_and_refuses_what_the_dialect_lacks(folder):
    path = write(folder, "solve.py", "def solve_a0000001(S, I, C):\n    x = hmirror_t(I)\n"
                                     "    return hmirror_t(x)\n")
    task = write(folder, "a0000001.json", TASK)
    arguments = ("run", "--dialect", "tokpidjin", "--programs", path, "--tasks", task)
    done = arcbatch(*arguments)
    check(done.code == 0 and "runs         1 of 2 with" in done.out, done)
    check("Batch complete: 6/6 operations ran on cpu-generic (100.0%)" in done.out, done)
    for flags in (("--backend", "emulated"), ("--out", f"{folder}/x.sqlite")):
        done = arcbatch(*arguments, *flags)
        check(done.code == 1 and "is for arc-dsl" in done.err, done)


def test_batt(folder):
    path = write(folder, "batt.py", BATT)
    task = write(folder, "a0000001.json", TASK)
    done = arcbatch("batt", path, "--tasks", task)
    lines = [json.loads(line) for line in done.out.splitlines()]
    check(done.code == 0 and len(lines) == 5, done)
    check(lines[0] == {"task": "a0000001", "kind": "demo", "index": 0, "C": "None",
                       "status": "value",
                       "o": [[1, True, "none", "((1, 2),)"], [5, False, "00d62c1b", "0"],
                             [12, False, "none", None]],
                       "s": [[3, "None", "differ_0", "frozenset()"]], "matches": [1]}, lines[0])
    check(lines[1]["s"] == [[3, "None", "differ_0", "(1, 2)"]], lines[1])
    check("matches" not in lines[4], lines[4])


if __name__ == "__main__":
    main(globals())
