#!/usr/bin/env python3
"""Grids by CuPy, operation by operation, beside arcbatch, program by program.

    bench/cupy_way.py --arcbatch PATH [--backend cuda] [--sizes 4,80,1000,100000] [--json FILE] [--stand-in]

CuPy's way: grids of one shape as one array; for every operation the arrays go up, one kernel runs, they come down. `kept`
leaves them on the device between operations. Ours: a program that is run on n examples, from the first slice to the last
outcome with the grids' way up, and the loaded module not counted on either side. Operations: rot90, hmirror, replace, and
ten of them in a row. Grids: all of 10 x 10, or of 1 to 30 rows and columns. Results of up to 1,000 grids are compared.

--stand-in takes NumPy for CuPy: for the comparison of results; its times say nothing of CuPy. Exits 1 where results
differ; prints NOT RUN, and exits 0, where CuPy or a GPU is missing."""

import argparse
import ast
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

CHAIN = ["rot90", "hmirror", "replace", "rot90", "vmirror", "replace", "rot180", "hmirror", "replace",
         "rot270"]
PROGRAMS = {"rot90": ["rot90"], "mirror": ["hmirror"], "replace": ["replace"], "chain of ten": CHAIN}
COMPARED = 1000
ROUNDS = 5


def grids_of(count, mixed, seed):
    """Random grids as lists."""
    source = random.Random(seed)
    shapes = [(source.randint(1, 30), source.randint(1, 30)) if mixed else (10, 10)
              for _ in range(count)]
    return [[source.choices(range(10), k=w) for _ in range(h)] for h, w in shapes]


def operation(xp, name, a, k):
    """An operation on an array of grids; k numbers it, for the colours of replace."""
    if name == "rot90":
        return xp.rot90(a, -1, axes=(1, 2))
    if name == "rot180":
        return xp.rot90(a, 2, axes=(1, 2))
    if name == "rot270":
        return xp.rot90(a, 1, axes=(1, 2))
    if name == "hmirror":
        return a[:, ::-1, :]
    if name == "vmirror":
        return a[:, :, ::-1]
    return xp.where(a == k % 10, xp.int8((k + 3) % 10), a)


def by_arrays(xp, numpy, names, grids, kept):
    """Results in order, and seconds without the making of arrays from lists."""
    by_shape = {}
    for index, grid in enumerate(grids):
        by_shape.setdefault((len(grid), len(grid[0])), []).append(index)
    hosts = [numpy.array([grids[k] for k in indices], dtype=numpy.int8)
             for indices in by_shape.values()]
    down = getattr(xp, "asnumpy", numpy.ascontiguousarray)
    began = time.perf_counter()
    if kept:
        arrays = [xp.asarray(a) for a in hosts]
        for k, name in enumerate(names):
            arrays = [xp.ascontiguousarray(operation(xp, name, a, k)) for a in arrays]
        hosts = [down(a) for a in arrays]
    else:
        for k, name in enumerate(names):
            hosts = [down(xp.ascontiguousarray(operation(xp, name, xp.asarray(a), k)))
                     for a in hosts]
    seconds = time.perf_counter() - began
    results = [None] * len(grids)
    for indices, array in zip(by_shape.values(), hosts):
        for index, result in zip(indices, array.tolist()):
            results[index] = result
    return results, seconds


def program_of(names):
    """The same operations as a function of the DSL."""
    lines = ["def f(I):"]
    before = "I"
    for k, name in enumerate(names):
        extra = f", {k % 10}, {(k + 3) % 10}" if name == "replace" else ""
        lines.append(f"    x{k} = {name}({before}{extra})")
        before = f"x{k}"
    return "\n".join([*lines, f"    return {before}"]) + "\n"


def by_arcbatch(arguments, names, grids, folder, compare):
    """Results (None unless compared) and seconds."""
    task, program = os.path.join(folder, "task.json"), os.path.join(folder, "program.py")
    counts, lines = os.path.join(folder, "counts.json"), os.path.join(folder, "lines.jsonl")
    pairs = [{"input": grid, "output": grid} for grid in grids]
    with open(task, "w", encoding="utf-8") as file:
        json.dump({"train": pairs[:1], "test": pairs[1:]}, file)
    with open(program, "w", encoding="utf-8") as file:
        file.write(program_of(names))
    command = [arguments.arcbatch, "run", "--quiet", "--programs", program, "--tasks", task,
               "--backend", arguments.backend, "--backend-json", counts]
    if arguments.backend == "auto":
        command += ["--auto-start", "0"]
    results = None
    if compare:
        subprocess.run([*command, "--jsonl", lines], check=True)
        with open(lines, encoding="utf-8") as file:
            results = [[list(row) for row in ast.literal_eval(json.loads(line)["value"])]
                       for line in file]
    times = []
    for _ in range(ROUNDS):
        subprocess.run(command, check=True)
        with open(counts, encoding="utf-8") as file:
            times.append(json.load(file)["seconds"])
    return results, statistics.median(times)


def arrays_of(stand_in):
    """CuPy and NumPy, or NumPy twice, or why not."""
    try:
        import numpy  # pylint: disable=import-outside-toplevel
        if stand_in:
            return numpy, numpy, None
        import cupy  # pylint: disable=import-outside-toplevel
        cupy.cuda.runtime.getDeviceCount()
        return cupy, numpy, None
    except Exception as why:  # pylint: disable=broad-exception-caught
        return None, None, f"{type(why).__name__}: {why}"


def measure(arguments, xp, numpy, folder):
    """A row for every size, kind of grids and program; and how many results differ."""
    rows, different = [], 0
    for count in map(int, arguments.sizes.split(",")):
        for mixed in (False, True):
            grids = grids_of(count, mixed, count)
            for label, names in PROGRAMS.items():
                compare = count <= COMPARED
                ours, our_seconds = by_arcbatch(arguments, names, grids, folder, compare)
                row = {"grids": count, "shapes": "mixed" if mixed else "equal", "program": label,
                       "arcbatch_seconds": our_seconds}
                for kept in (False, True):
                    by_arrays(xp, numpy, names, grids[:4], kept)  # compiles its kernels
                    theirs, seconds = by_arrays(xp, numpy, names, grids, kept)
                    row["kept_seconds" if kept else "cupy_seconds"] = statistics.median(
                        [seconds, *(by_arrays(xp, numpy, names, grids, kept)[1] for _ in range(2))])
                    different += ours is not None and ours != theirs
                rows.append(row)
                print(f"{count:>7} {row['shapes']:<6} {label:<13} {row['cupy_seconds'] * 1e3:>11.3f} "
                      f"{row['kept_seconds'] * 1e3:>11.3f} {our_seconds * 1e3:>11.3f} "
                      f"{row['cupy_seconds'] / our_seconds:>9.2f}", flush=True)
    return rows, different


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arcbatch", required=True)
    parser.add_argument("--backend", default="cuda", choices=("cuda", "auto", "emulated"))
    parser.add_argument("--sizes", default="4,80,1000,100000")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--stand-in", action="store_true")
    arguments = parser.parse_args()
    xp, numpy, why = arrays_of(arguments.stand_in)
    report = {"arrays": None if xp is None else f"{xp.__name__} {xp.__version__}", "not_run": why,
              "rows": []}
    different = 0
    if xp is None:
        print(f"NOT RUN: CuPy cannot be used ({why})")
    else:
        print(f"{report['arrays']}, arcbatch --backend {arguments.backend}; milliseconds")
        print(f"{'grids':>7} {'shapes':<6} {'program':<13} {'by copies':>11} {'kept':>11} "
              f"{'arcbatch':>11} {'ratio':>9}")
        with tempfile.TemporaryDirectory() as folder:
            report["rows"], different = measure(arguments, xp, numpy, folder)
        print("results differ" if different else "results of up to 1,000 grids are the same")
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=1)
            file.write("\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
