"""Functions that take the training pairs besides the input."""

import os

from _harness import arcbatch, check, main, read_lines, task, write

TRAIN = [([[1, 2]], [[2, 1]]), ([[3, 0, 4]], [[4, 0, 3]])]
PROGRAMS = """from dsl import *
def pairs(S, I):
    return S
def solve_mirror(S, I, C):
    x1 = first(S)
    x2 = last(x1)
    x3 = first(x1)
    x4 = vmirror(x3)
    x5 = equality(x2, x4)
    x6 = vmirror(I)
    x7 = branch(x5, x6, C)
    return x7
def compared(S, I, C=7):
    return C
def outputs(S, I):
    x1 = apply(last, S)
    x2 = contained(I, x1)
    return x2
def function(S, I):
    x1 = rbind(contained, S)
    return x1((I, I))
def other(I, S):
    return I
def three(S, I, D):
    return D
def plain(S, I=1):
    return S
"""


def expected_of(name, split, index):
    """What the function returns on an example of the task."""
    examples = TRAIN if split == "train" else [([[5, 6]], None)]
    grid = tuple(map(tuple, examples[index][0]))
    pairs = tuple((tuple(map(tuple, i)), tuple(map(tuple, o))) for i, o in TRAIN)
    return {"pairs": pairs, "solve_mirror": tuple(row[::-1] for row in grid), "compared": None,
            "outputs": grid in [o for _, o in pairs], "function": (grid, grid) in pairs,
            "plain": grid}[name]


def test_values(folder):
    programs = write(folder, "p.py", PROGRAMS)
    write(folder, "tasks/mirror.json", task(TRAIN, [([[5, 6]], None)]))
    lines = {}
    for how in (("--no-share",), ("--jobs", "1"), ("--jobs", "2", "--batch-size", "1")):
        out = os.path.join(folder, "out.jsonl")
        done = arcbatch("run", "--programs", programs, "--tasks", os.path.join(folder, "tasks"),
                        "--jsonl", out, *how)
        check(done.code == 0, done)
        check("2 functions of other parameters" in done.out, done)
        check("three takes 3 arguments, not (I), (S, I), (S, I, C) or (task_id, S, I, C, log_path): "
              "skipped" in done.err, done)
        lines[how] = read_lines(out)
    first = lines[("--no-share",)]
    check(len(first) == 18 and all(found == first for found in lines.values()), lines)
    for line in first:
        wanted = repr(expected_of(line["program"], line["split"], line["index"]))
        check(line["value"] == wanted, (line, wanted))


def test_without_training_pairs(folder):
    programs = write(folder, "p.py", PROGRAMS)
    write(folder, "tasks/bare.json", task([], [([[5, 6]], [[5, 6]])]))
    out = os.path.join(folder, "out.jsonl")
    done = arcbatch("run", "--programs", programs, "--tasks", os.path.join(folder, "tasks"),
                    "--jsonl", out)
    check(done.code == 0, done)
    found = {line["program"]: line for line in read_lines(out)}
    check(found["pairs"]["value"] == "()" and found["plain"]["match"] is True, found)


if __name__ == "__main__":
    main(globals())
