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
    for flags in (("--backend", "emulated"), ("--backend", "auto")):
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


# What sharing could get wrong: functions made alike, errors that a handler catches and one that
# none does, values that depend on S, I or C alone, and the same calls under other names.
SHARED = """def batt(task_id, S, I, C, log_path):
    s = []
    o = []
    a1 = rbind(sizefilter, ONE)
    a2 = rbind(sizefilter, ONE)
    a3 = insert(a1, initset(a2))
    a4 = size(a3)
    o.append((4, False, 'two functions', a4))
    a5 = insert(a1, initset(a1))
    a6 = size(a5)
    o.append((6, False, 'one function', a6))
    try:
        b1 = I(C)
    except (TypeError, AttributeError):
        b1 = _get_safe_default(size)
    b2 = b1
    o.append((7, False, 'caught', b2))
    c1 = hmirror_t(I)
    c2 = hmirror_t(c1)
    c3 = o_g(c2, R5)
    c4 = o_g(I, R5)
    c5 = difference(c3, c4)
    c6 = o_g(C, R5)
    c7 = a1(c6)
    c8 = a2(c4)
    o.append((8, True, 'mirrored', c2))
    s.append((9, 'None', 'differ_1', c5))
    s.append((10, 'None', 'differ_2', c7))
    s.append((11, 'None', 'differ_3', c8))
    d1 = apply(first, S)
    d2 = mapply(p_g, d1)
    d3 = shift(asobject(I), astuple(ONE, TWO))
    d4 = fill(I, THREE, d3)
    o.append((12, True, 'filled', paint(d4, d3)))
    s.append((13, 'None', 'differ_4', (d2, shape_f(d3), underfill(C, ONE, d3))))
    return o, s
"""

RAISES = """def batt(task_id, S, I, C, log_path):
    s = []
    o = []
    x = size(S)
    o.append((1, True, 'x', x))
    y = C(I)
    o.append((2, True, 'y', y))
    return o, s
"""

EXAMPLES = {"train": [{"input": [[1, 2], [0, 1]], "output": [[1, 2]]},
                      {"input": [[3, 3, 0]], "output": [[4]]},
                      {"input": [[1, 2], [0, 1]], "output": [[1, 2]]}],
            "test": [{"input": [[5]]}, {"input": [[1, 2], [0, 1]], "output": [[7, 7]]}]}


def test_shared_batt_runs_end_as_those_alone(folder):
    shared = write(folder, "shared.py", SHARED)
    raises = write(folder, "raises.py", RAISES)
    tasks = [write(folder, f"a000000{k}.json", task)
             for k, task in enumerate((TASK, EXAMPLES, TASK))]
    arguments = ("batt", shared, raises, shared, "--tasks", *tasks)
    alone = arcbatch(*arguments, "--path", "generic", "--jobs", "1")
    lines = [json.loads(line) for line in alone.out.splitlines()]
    check(len(lines) == 3 * (5 + 9 + 5) and alone.code == 1, alone)
    first = lines[0]
    check(first["file"] == shared and first["status"] == "value", first)
    check([entry[-1] for entry in first["o"][:3]] == ["2", "1", "0"], first)
    check(first["matches"] == [8, 12] and lines[2] == {**first, "file": shared}, lines[:3])
    check(lines[1] == {"task": "a0000000", "kind": "demo", "index": 0, "C": "None",
                       "file": raises, "status": "error", "reason": "TypeError", "line": 6},
          lines[1])
    for flags in (("--jobs", "1"), ("--jobs", "3"), ("--max-seconds", "100")):
        check(arcbatch(*arguments, *flags).out == alone.out, flags)


def test_budgets_end_shared_batt_runs_where_they_end_those_alone(folder):
    path = write(folder, "shared.py", SHARED)
    task = write(folder, "a0000001.json", EXAMPLES)
    statuses = set()
    for budget in [("--max-steps", n) for n in range(1, 1000, 37)] + \
            [("--max-bytes", n) for n in range(1, 16000, 701)] + [("--max-depth", 1)]:
        arguments = ("batt", path, "--tasks", task, budget[0], str(budget[1]))
        alone = arcbatch(*arguments, "--path", "generic").out
        check(arcbatch(*arguments).out == alone, budget)
        statuses |= {json.loads(line)["status"] for line in alone.splitlines()}
    check(statuses == {"limit", "value"}, statuses)


if __name__ == "__main__":
    main(globals())
