"""The Python package in ten minutes. Runs as it stands: python examples/tutorial.py

Everything here works on the example tasks that are built into the package.
"""

from __future__ import annotations

import arcbatch

# ---- one program --------------------------------------------------------------------------------

# A program is text in the DSL of arc-dsl: its functions are known without an import.
program = arcbatch.compile(
    """
def mirror_and_mark(I):
    x1 = hmirror(I)
    x2 = ofcolor(x1, 3)
    O = fill(x1, 8, x2)
    return O
"""
)
outcome = program(((1, 2), (3, 4)))
print(outcome.status, outcome.value)  # value ((8, 4), (1, 2))
assert outcome.grid == ((8, 4), (1, 2))


# A Python function is compiled from its text; Python itself never runs it.
def objects_of(I):  # noqa: E741
    return objects(I, T, F, T)  # noqa: F821


patches = arcbatch.compile(objects_of)(((1, 0), (0, 2))).object
print(patches)  # a frozenset that iterates as CPython's own would
assert patches == {frozenset({(1, (0, 0))}), frozenset({(2, (1, 1))})}

# What goes wrong in a program is its outcome: the class of the exception, and where it was raised.
outcome = arcbatch.compile("def f(I):\n    x1 = height(I)\n    return first(x1)\n")(((1, 2),))
print(outcome)  # f: TypeError at line 3: return first(x1)
assert (outcome.error, outcome.line) == ("TypeError", 3)

# Text that cannot be compiled raises a SyntaxError that says where.
try:
    arcbatch.compile("def f(I):\n    while True: pass\n")
except arcbatch.ProgramError as error:
    print(f"line {error.lineno}, column {error.offset}: {error.msg}")
    assert error.lineno == 2

# ---- many programs on many tasks ----------------------------------------------------------------

# Without arguments, the built-in programs run on the built-in tasks. Usually it is
# arcbatch.evaluate("solvers.py", "data/training").
outcomes = arcbatch.evaluate()
print(outcomes.summary())
assert outcomes.summary().tasks_solved == 30

# A search: candidates as text, each run on the examples of every task, scored by how near they
# come. All cores work, and other Python threads go on meanwhile.
candidates = [f"def c(I):\n    return {f}(I)\n" for f in ("rot90", "rot180", "hmirror", "vmirror")]
candidates += [f"def c(I):\n    return replace(I, {a}, {b})\n" for a in range(4) for b in range(10)]
tasks = arcbatch.load_tasks()
found = arcbatch.evaluate(candidates, tasks, score=True)
best = max((o for o in found if o.score is not None and not o.match), key=lambda o: o.score.total)
print(f"{len(found)} runs, {len(found.where(match=True))} match; nearest miss: {best}")
print("scored", best.score)
assert len(found) == len(candidates) * sum(len(t["train"]) + len(t["test"]) for t in tasks)

# Your own task is a dict; grids are lists, tuples or NumPy arrays.
task = {
    "train": [{"input": [[1, 0], [0, 0]], "output": [[0, 1], [0, 0]]}],
    "test": [{"input": [[5, 5], [0, 5]]}],
}
outcomes = arcbatch.evaluate("def f(I):\n    return vmirror(I)\n", {"mine": task})
for outcome in outcomes:
    print(outcome, outcome.grid)
assert [o.match for o in outcomes] == [True, None]

# ---- the primitives as Python functions ---------------------------------------------------------

# In place of `from dsl import *`: the same names, on Python's tuples and frozensets.
from arcbatch.dsl import apply, compose, fill, objects, sfilter, size  # noqa: E402

grid = ((1, 0, 0), (1, 0, 2), (0, 0, 2))
found_objects = objects(grid, True, False, True)
print(found_objects)  # the engine holds it, but it is a frozenset to all that look at it
assert isinstance(found_objects, frozenset)
assert found_objects == {
    frozenset({(1, (0, 0)), (1, (1, 0))}),
    frozenset({(2, (1, 2)), (2, (2, 2))}),
}

# Python's own functions may stand wherever a function may.
low = sfilter(found_objects, lambda patch: min(i for _, (i, _) in patch) > 0)
assert fill(grid, 7, next(iter(low))) == ((1, 0, 0), (1, 0, 7), (0, 0, 7))
assert apply(compose(lambda n: n * 10, size), (grid, grid[:1])) == (30, 10)
print(arcbatch.to_python(low))  # the frozenset itself

# arcbatch.batch_context(dsl, namespaces=[solvers]) routes a module of your own to the engine for
# the time of a block, as long as it is the DSL that the engine knows; docs/python.md tells more.

# ---- outcomes on the way out --------------------------------------------------------------------

# Outcomes go to files and to tables; in a notebook, outcomes and grids show as pictures.
assert outcomes[0].grid is not None
print(outcomes[0].grid.to_svg()[:60] + "...")
print("done")
