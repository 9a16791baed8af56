#!/usr/bin/env python3
"""extract: the solver behind an entry, a variable or a result, and what has none."""

import re

from _harness import arcbatch, check, main, task, write
from _rewrite import compare_extracted

BATT = """from pile import *
from safe_dsl import _get_safe_default
from batt_gpu import batch_process_samples_gpu

def twice(f, x):
    y = f(x)
    return f(y)

def batt(task_id, S, I, C, log_path):
    s = []
    o = []
    try:
        t1 = identity(p_g)
    except (TypeError, AttributeError, ValueError):
        t1 = _get_safe_default(identity)
    try:
        t2 = t1(I)
    except (TypeError, AttributeError, ValueError):
        t2 = _get_safe_default(t1)
    t3 = t1(C)
    t4 = difference_tuple(t3, t2)
    s.append((4, 'None', 'differ_0', t4))
    t5, t6, t7, t8 = batch_process_samples_gpu(S)
    try:
        t9 = t2(t8, ONE)
    except (TypeError, AttributeError, ValueError):
        t9 = _get_safe_default(combine_t)
    o.append((9, True, 'handled', t9))
    t10 = rbind(compose, hmirror_t)
    t11 = t10(vmirror_t)
    t12 = t11(I)
    o.append((12, False, 'closures', t12))
    t13 = twice(rot90, I)
    o.append((13, False, 'def', t13))
    t1 = f_ofcolor(I, TWO)
    t14 = fill(t12, RED, t1)
    o.append((14, False, 'assigned again', t14))
    t15 = insert(first, initset(second))
    t16 = totuple(t15)
    o.append((16, False, 'addresses', t16))
    o.append((17, False, 'input', I))
    t18 = identity(task_id)
    o.append((18, False, 'its own', t18))
    return o, s
"""

ARC_DSL = """from dsl import *
from constants import *

KEPT = 3

def solve_first(I):
    x1 = objects(I, T, F, T)
    x2 = first(increment(I))
    x3 = lambda x: shift(x, (ZERO, KEPT))
    x4 = apply(x3, x1)
    x5 = merge(x4)
    O = paint(I, x5)
    return O
"""

TASK = task([([[1, 2], [3, 4]], [[4, 3], [2, 1]]), ([[2, 0]], [[0, 2]])], [([[5], [2]], None)])


def extracted(folder, node, text=BATT, dialect="tokpidjin", **options):
    """The solver behind a node."""
    path = write(folder, "batt.py", text)
    extra = [part for name, value in options.items() for part in ("--" + name, value)]
    done = arcbatch("extract", path, "--node", node, "--dialect", dialect, *extra)
    check(done.code == 0, done)
    return done.out


def test_only_what_the_value_depends_on(folder):
    text = extracted(folder, 4)
    body = text[text.index("def "):]
    name = re.match(r"def solve_([0-9a-f]{32})\(I, C\)|def solve_([0-9a-f]{32})\(S, I, C\)", body)
    check(name, text)
    check(body.splitlines()[1:] == ["    x1 = identity(p_g)", "    x2 = x1(C)", "    x3 = x1(I)",
                                    "    O = difference_tuple(x2, x3)", "    return O"], text)
    check("try:" not in text and "rbind" not in text, text)


def test_parameters_are_the_least(folder):
    check("(I):" in extracted(folder, 12), "I alone")
    check("(S, I):" in extracted(folder, 9), "S and I")
    check("(S, I, C):" in extracted(folder, 4), "all")
    check("O = I\n" in extracted(folder, 17), "an argument")


def test_handlers_that_may_act_are_kept(folder):
    text = extracted(folder, 9)
    check("except (TypeError, AttributeError, ValueError):\n        O = _get_safe_default(combine_t)"
          in text and "from safe_dsl import _get_safe_default" in text, text)


def test_defs_come_along_and_names_are_kept_apart(folder):
    text = extracted(folder, 13)
    check(text.index("def twice(f, x):") < text.index("O = twice(rot90, I)"), text)
    text = extracted(folder, 14)
    check("f_ofcolor(I, TWO)" in text and "identity" not in text, text)


def test_one_computation_has_one_name(folder):
    other = BATT.replace("t12", "other").replace("(12,", "(12,").replace(
        "    t1 = f_ofcolor", "    unused = hmirror_t(C)\n    t1 = f_ofcolor")
    name = re.compile(r"def (solve_\w+)")
    first, second = extracted(folder, 12), extracted(folder, 12, other)
    check(name.search(first).group(1) == name.search(second).group(1), (first, second))
    check(name.search(first).group(1) != name.search(extracted(folder, 14)).group(1), first)


def test_what_is_extracted_has_the_outcomes_of_its_entry(folder):
    text = BATT.replace("    t18 = identity(task_id)\n    o.append((18, False, 'its own', t18))\n",
                        "")
    path = write(folder, "batt.py", text)
    tasks = [write(folder, "a.json", TASK)]
    counts = compare_extracted(path, tasks, "tokpidjin", folder)
    check(counts["different"] == 0 and counts["not extracted"] == 0, counts)
    check(counts["compared"] == 5 * 6 and counts["of an order by address"] == 5, counts)


def test_what_depends_on_other_parameters_is_refused(folder):
    path = write(folder, "batt.py", BATT)
    done = arcbatch("extract", path, "--node", 18)
    check(done.code == 1 and "depends on the parameter 'task_id'" in done.err, done)
    done = arcbatch("extract", path, "--node", 99)
    check(done.code == 1 and "no entry (99, ...)" in done.err, done)
    done = arcbatch("extract", path, "--node", "nowhere")
    check(done.code == 1 and "no variable 'nowhere'" in done.err, done)
    done = arcbatch("extract", path, "--function", "nothing", "--node", 4)
    check(done.code == 1 and "no function 'nothing'" in done.err, done)
    check(arcbatch("extract").code == 2, "a file is needed")


def test_arc_dsl_programs_are_sliced_too(folder):
    text = extracted(folder, "x4", ARC_DSL, "arc-dsl", function="solve_first")
    check(text[text.index("def "):].splitlines()[1:] == [
        "    x1 = lambda x: shift(x, (ZERO, 3))", "    x2 = objects(I, T, F, T)",
        "    O = apply(x1, x2)", "    return O"] or
        text[text.index("def "):].splitlines()[1:] == [
        "    x1 = objects(I, T, F, T)", "    x2 = lambda x: shift(x, (ZERO, 3))",
        "    O = apply(x2, x1)", "    return O"], text)
    done = arcbatch("extract", write(folder, "a.py", ARC_DSL), "--dialect", "arc-dsl")
    check("increment" not in done.out and "O = paint(" in done.out, done)


if __name__ == "__main__":
    main(globals())
