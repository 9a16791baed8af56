#!/usr/bin/env python3
"""Times compile() + evaluate() of solvers against the same solvers in CPython.

usage: build/venv/bin/python bench/python_evaluate.py --against path/to/arc-dsl --tasks path/to/training

On the reference's side every solver runs on every example of its task in this process, and the time of
a run is the least of several. On ours, compile() and evaluate() of all solvers on all tasks are called
once a repeat, on one worker and without sharing; the time of a run is the least that its outcome
says. The two sides take turns. Outcomes that differ from the reference's own, by repr or class of
exception, end the script with exit code 1. It prints

- `in programs`: the geomean over the runs of the reference's time over ours;
- `with overhead`: the same, where every run of ours takes its even share of all that compile() and
  evaluate() took besides the runs, reading tasks excepted (both sides have them read);
- `shared`, `all cores`: the sum of the reference's times over the wall-clock time of one
  compile() + evaluate() as users call it, with sharing, on one worker and on all.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from typing import Any

from python_dsl import ending, load, seconds

import arcbatch


def whole(source: str, tasks: Any, **options: Any) -> tuple[float, Any]:
    """The wall-clock time of compile() + evaluate(), and the outcomes."""
    started = time.perf_counter()
    outcomes = arcbatch.evaluate(arcbatch.compile(source), tasks, **options)
    return time.perf_counter() - started, outcomes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--against", required=True, help="a checkout of arc-dsl")
    parser.add_argument("--tasks", required=True, help="a folder of ARC tasks")
    parser.add_argument("--repeats", type=int, default=3, help="runs of a side (%(default)s)")
    parser.add_argument("--json", help="write the figures to this file")
    options = parser.parse_args()
    path = os.path.join(options.against, "solvers.py")
    with open(path, encoding="utf-8") as handle:
        source = handle.read()
    sys.path.insert(0, options.against)
    reference = load("reference_solvers", path, {})
    tasks = arcbatch.load_tasks(options.tasks)

    _, outcomes = whole(source, tasks, jobs=1, share=False)
    functions = [getattr(reference, outcome.program) for outcome in outcomes]
    grids = [tuple(map(tuple, outcome.input)) for outcome in outcomes]
    differing = 0
    for outcome, function, grid in zip(outcomes, functions, grids):
        _, text = ending(function, grid)
        ours = outcome.value if outcome.status == "value" else outcome.error
        if text != ours:
            differing += 1
            print(f"{outcome.program}: {str(ours)[:200]} instead of {text[:200]}")

    count = len(outcomes)
    theirs, mine = [math.inf] * count, [math.inf] * count
    overhead, shared, cores = math.inf, math.inf, math.inf
    for repeat in range(options.repeats):
        for k, (function, grid) in enumerate(zip(functions, grids)):
            if repeat < 2 or theirs[k] < 0.2:
                theirs[k] = min(theirs[k], seconds(function, grid))
        for _ in range(5):
            wall, outcomes = whole(source, tasks, jobs=1, share=False)
            times = outcomes.column("seconds")
            mine = [min(a, b) for a, b in zip(mine, times)]
            overhead = min(overhead, wall - sum(times))
            shared = min(shared, whole(source, tasks, jobs=1)[0])
            cores = min(cores, whole(source, tasks)[0])
    share = overhead / count

    def geomean(values: list[float]) -> float:
        return math.exp(sum(map(math.log, values)) / count)

    figures = {
        "runs": count,
        "differing": differing,
        "in_programs": geomean([a / b for a, b in zip(theirs, mine)]),
        "with_overhead": geomean([a / (b + share) for a, b in zip(theirs, mine)]),
        "shared": sum(theirs) / shared,
        "all_cores": sum(theirs) / cores,
        "reference_seconds": sum(theirs),
        "our_seconds": sum(mine),
        "overhead_seconds": overhead,
        "shared_seconds": shared,
        "all_cores_seconds": cores,
        "slower": sum(a < b + share for a, b in zip(theirs, mine)),
    }
    print(f"{count} runs, {differing} differ from the reference")
    print(
        f"geomean of runs: {figures['in_programs']:.1f}x in programs, "
        f"{figures['with_overhead']:.1f}x with overhead ({share * 1e6:.1f} us a run); "
        f"{figures['slower']} runs are slower with it"
    )
    print(
        f"total: {sum(theirs):.3f} s against {sum(mine):.3f} s in programs + {overhead:.3f} s; "
        f"shared {shared:.3f} s ({figures['shared']:.0f}x), "
        f"all cores {cores:.3f} s ({figures['all_cores']:.0f}x)"
    )
    if options.json:
        with open(options.json, "w", encoding="utf-8") as handle:
            json.dump(figures, handle, indent=2)
            handle.write("\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
