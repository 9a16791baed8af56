#!/usr/bin/env python3
"""Times solvers on arcbatch.dsl against the same solvers on the reference's own dsl.

usage: build/venv/bin/python bench/python_dsl.py --against path/to/arc-dsl --tasks path/to/training

Every solver runs on every example of its task on both sides, in turn, in one process. The time of a
run is the least of several. The speed-up is the geomean over the examples; results that differ in
`==`, repr or class of exception end the script with exit code 1.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import sys
import time
import types
from typing import Any

import arcbatch.constants
import arcbatch.dsl


def load(name: str, path: str, modules: dict[str, Any]) -> types.ModuleType:
    """The module at `path`, which finds `modules` under their names."""
    saved = {key: sys.modules.get(key) for key in modules}
    sys.modules.update(modules)
    try:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        for key, value in saved.items():
            if value is None:
                del sys.modules[key]
            else:
                sys.modules[key] = value


def ending(function: Any, grid: Any) -> tuple[Any, str]:
    """A call's result and what it comes to as text, in plain Python."""
    try:
        result = function(grid)
    except Exception as error:
        return None, type(error).__name__
    return result, repr(arcbatch.to_python(result))


def seconds(function: Any, grid: Any) -> float:
    started = time.perf_counter()
    try:
        function(grid)
    except Exception:
        pass
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--against", required=True, help="a checkout of arc-dsl")
    parser.add_argument("--tasks", required=True, help="a folder of ARC tasks")
    parser.add_argument("--repeats", type=int, default=3, help="runs of a side (%(default)s)")
    options = parser.parse_args()
    path = os.path.join(options.against, "solvers.py")
    sys.path.insert(0, options.against)
    reference = load("reference_solvers", path, {})
    ours = load("our_solvers", path, {"dsl": arcbatch.dsl, "constants": arcbatch.constants})
    logs, differing, right, sums = [], 0, 0, [0.0, 0.0]
    for name in sorted(n for n in vars(reference) if n.startswith("solve_")):
        file = os.path.join(options.tasks, name[len("solve_") :] + ".json")
        if not os.path.exists(file):
            continue
        with open(file, encoding="utf-8") as handle:
            task = json.load(handle)
        sides = (getattr(reference, name), getattr(ours, name))
        for example in task["train"] + task["test"]:
            grid = tuple(map(tuple, example["input"]))
            (expected, text), (result, our_text) = (ending(side, grid) for side in sides)
            if expected != result or text != our_text:
                differing += 1
                print(f"{name}: {our_text[:200]} instead of {text[:200]}")
            right += result == tuple(map(tuple, example["output"]))
            best = [math.inf, math.inf]
            for _ in range(options.repeats):
                for side, function in enumerate(sides):
                    best[side] = min(best[side], seconds(function, grid))
                if best[0] > 0.2:
                    break
            logs.append(math.log(best[0] / best[1]))
            sums = [a + b for a, b in zip(sums, best)]
    if not logs:
        print("no task of any solver was found", file=sys.stderr)
        return 2
    print(f"{len(logs)} runs, {right} right, {differing} differ from the reference")
    print(
        f"arcbatch.dsl is {math.exp(sum(logs) / len(logs)):.1f}x faster (geomean of examples), "
        f"{sums[0] / sums[1]:.1f}x in total ({sums[0]:.3f} s against {sums[1]:.3f} s); "
        f"{sum(value < 0 for value in logs)} runs are slower"
    )
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
