#!/usr/bin/env python3
"""Runs the recorded conformance programs, and mutants of solvers, on a backend of `arcbatch run`.

    backend.py conformance --path DIR [--backend NAME]                    against the recorded answers
    backend.py mutants --solvers FILE --tasks DIR --count N [--backend NAME]   against --backend cpu

Options after `--` go to `arcbatch run`, for example `-- --path scalar --device-memory 1024`. Prints
what was compared and every difference (at most ten); exits 1 on any. A program runs on its own task
here, so that conformance programs whose input no task can be (more than 30 rows or columns, other
colours) are left out, and counted.
"""

from __future__ import annotations

import argparse
import glob
import gzip
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter

import compare
import engine as engine_module

SHOWN = 10
TOGETHER = 50  # mutants of a solver in one command, which share their work
COUNTED = ("device_runs", "shared_runs", "statements", "evaluated")


class Runs:
    """Runs of one command: an outcome a line, and what devices did."""

    def __init__(self, arguments, backend, programs, tasks, limits, folder):
        lines = os.path.join(folder, backend + ".jsonl")
        counts = os.path.join(folder, backend + ".json")
        command = [arguments.engine, "run", "--backend", backend, "--programs", programs,
                   "--tasks", tasks, "--jsonl", lines, "--quiet", *limits]
        if backend != "cpu":
            command += ["--backend-json", counts, *arguments.extra]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        with open(lines, encoding="utf-8") as file:
            self.lines = file.read().splitlines()
        self.counts = {}
        if os.path.exists(counts):
            with open(counts, encoding="utf-8") as file:
                self.counts = json.load(file)


def is_task_grid(grid) -> bool:
    """Whether a task can have the grid."""
    return (isinstance(grid, list) and 1 <= len(grid) <= 30
            and all(isinstance(row, list) and 1 <= len(row) <= 30 and len(row) == len(grid[0])
                    and all(isinstance(c, int) and 0 <= c <= 9 for c in row) for row in grid))


def write(folder, name, text) -> str:
    """Writes a file and returns its path."""
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def conformance(arguments, folder) -> int:
    """Every recorded program as a solver of a task of its own."""
    cases, left_out, sources = {}, 0, []
    for path in sorted(glob.glob(os.path.join(arguments.path, "*.jsonl.gz"))):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                case = json.loads(line)
                grid = case["args"][0] if len(case["args"]) == 1 else None
                if not is_task_grid(grid):
                    left_out += 1
                    continue
                name = f"{len(cases):08x}"
                cases[name] = case
                sources.append(case["source"].replace("def program(", f"def solve_{name}(", 1))
                pair = {"input": grid, "output": grid}
                write(folder, f"tasks/{name}.json", json.dumps({"train": [pair], "test": []}))
    programs = write(folder, "programs.py", "\n".join(sources))
    runs = Runs(arguments, arguments.backend, programs, os.path.join(folder, "tasks"), [], folder)
    endings, different = Counter(), 0
    for line in runs.lines:
        got = json.loads(line)
        case = cases.pop(got["task"])
        endings[got["status"]] += 1
        if "value" in case:
            alike = got["status"] == "value" and compare.same(case["value"], got["value"])
        else:
            alike = got["error"] == case["error"]
        if alike or got["status"] == "limit":
            continue
        different += 1
        if different <= SHOWN:
            print(f"DIFFERENT\n{case['source']}\nexpected: {case.get('value') or case.get('error')}"
                  f"\ngot:      {line}"[:3000])
    print(f"{sum(endings.values())} programs ({dict(endings)}), {left_out} left out, "
          f"{len(cases)} without an outcome, {different} different")
    print(f"devices: {json.dumps(runs.counts)}")
    return 1 if different or cases or not endings else 0


def primitives_by_arity(binary) -> dict:
    """Arity -> names."""
    table = subprocess.run([binary, "primitives", "--markdown"], check=True, capture_output=True,
                           text=True).stdout
    found: dict = {}
    for name, types in re.findall(r"^\| `(\w+)` \| `\w+\(([^)]*)\)", table, re.M):
        found.setdefault(len(types.split(",")) if types else 0, []).append(name)
    return found


def mutants(arguments, folder) -> int:
    """Solvers in which a name of a primitive is another of its arity."""
    rng = random.Random(arguments.seed)
    by_arity = primitives_by_arity(arguments.engine)
    like = {name: names for names in by_arity.values() for name in names}
    with open(arguments.solvers, encoding="utf-8") as file:
        solvers = re.findall(r"^def solve_(\w+)\(I\):\n((?:    .*\n)+)", file.read(), re.M)
    tasks = {os.path.basename(p)[:-5] for p in glob.glob(os.path.join(arguments.tasks, "*.json"))}
    solvers = [s for s in solvers if s[0] in tasks]
    runs = matched = values = 0
    counts: Counter = Counter()
    different = 0
    each = max(1, arguments.count // len(solvers))
    for first in range(0, each, TOGETHER):
        programs = os.path.join(folder, f"mutants{first}")
        for task, body in solvers:
            places = [m for m in re.finditer(r"\b\w+\b", body) if m[0] in like]
            for number in range(first, min(first + TOGETHER, each)):
                place = rng.choice(places)
                name = rng.choice(like[place[0]])
                write(programs, f"{task}/{number}.py", f"def solve_{task}(I):\n"
                      f"{body[:place.start()]}{name}{body[place.end():]}")
        limits = ["--max-steps", str(arguments.max_steps)]
        both = [Runs(arguments, "cpu", programs, arguments.tasks, [*limits, "--no-share"], folder),
                Runs(arguments, arguments.backend, programs, arguments.tasks, limits, folder)]
        for wanted, got in zip(both[0].lines, both[1].lines):
            runs += 1
            values += '"status":"value"' in wanted
            matched += '"match":true' in wanted
            if wanted == got:
                continue
            different += 1
            if different <= SHOWN:
                print(f"DIFFERENT\ncpu: {wanted[:800]}\n{arguments.backend}: {got[:800]}")
        different += len(both[0].lines) != len(both[1].lines)
        counts.update({name: both[1].counts[name] for name in COUNTED})
        counts.update(both[1].counts["left_to_cpu"])
    print(f"{each * len(solvers)} mutants, {runs} runs, {values} values, {matched} matched, "
          f"{different} different; devices: {dict(counts)}")
    return 1 if different or not runs else 0


def main() -> int:
    """Parses the command line."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("conformance", "mutants"))
    parser.add_argument("--engine", help="the arcbatch program")
    parser.add_argument("--backend", default="emulated")
    parser.add_argument("--path", help="folder of the recorded programs")
    parser.add_argument("--solvers")
    parser.add_argument("--tasks")
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--max-steps", type=int, default=1000000)
    cut = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    arguments = parser.parse_args(sys.argv[1:cut])
    arguments.extra = sys.argv[cut + 1:]
    arguments.engine = engine_module.find_engine(arguments.engine)
    with tempfile.TemporaryDirectory() as folder:
        return {"conformance": conformance, "mutants": mutants}[arguments.what](arguments, folder)


if __name__ == "__main__":
    sys.exit(main())
