#!/usr/bin/env python3
"""Compares `arcbatch run --dialect tokpidjin --comparison both` with the reference of the dialect.

    tokpidjin_runs.py --reference DIR --tasks DIR --solvers FILE [--count N] [--on K] [--seed S]

N solvers, and a mutant of each, run in one batch on every example of K tasks, so that they share what
they have in common, with C as None and as the expected output. Their outcomes have to be the same with
--no-share, and CPython's: the repr of the value, or the class of the error and its line. What depends
on addresses the engine refuses; refusals are counted. Exits 1 on any difference.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter

from reference import limit_memory
from tokpidjin import Reference, freeze, mutate, run, solver_sources


def renamed(source: str, name: str) -> str:
    """The source of a solver under a name that has it run on every task."""
    head, rest = source.split("\n", 1)
    return f"def {name}({head.split('(', 1)[1]}\n{rest}"


def engine_lines(engine: str, folder: str, tasks: list, *options: str) -> list:
    out = os.path.join(folder, "out.jsonl")
    saved = os.path.join(folder, f"out{len(options)}.sqlite")
    subprocess.run([engine, "run", "--dialect", "tokpidjin", "--comparison", "both", "-q",
                    "--programs", os.path.join(folder, "p"), "--tasks", *tasks, "--out", saved,
                    *options], check=True)
    subprocess.run([engine, "export", saved, "--jsonl", out], check=True)
    with open(out, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    for option in ("--reference", "--tasks", "--solvers"):
        parser.add_argument(option, required=True)
    parser.add_argument("--engine", default="build/release/arcbatch")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--on", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    limit_memory()
    rng = random.Random(args.seed)
    reference = Reference(args.reference)
    solvers = solver_sources(args.solvers)
    chosen = rng.sample(sorted(solvers), min(args.count, len(solvers)))
    names = rng.sample(sorted(os.listdir(args.tasks)), args.on)
    tasks = [os.path.join(args.tasks, name) for name in names]
    programs = {}
    for task in chosen:
        programs[f"s_{task}"] = renamed(solvers[task], f"s_{task}")
        programs[f"m_{task}"] = renamed(mutate(rng, reference, solvers[task]), f"m_{task}")
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "p"))
        for name, source in programs.items():
            with open(os.path.join(folder, "p", name + ".py"), "w", encoding="utf-8") as file:
                file.write(source)
        shared = engine_lines(args.engine, folder, tasks)
        alone = engine_lines(args.engine, folder, tasks, "--no-share")
    different = [(a, b) for a, b in zip(shared, alone) if a != b]
    counts = Counter({"differ when they share": len(different) + abs(len(shared) - len(alone))})
    for a, b in different[:3]:
        print(f"shared {a}\nalone  {b}")
    data = {}
    for path in tasks:
        with open(path, encoding="utf-8") as file:
            data[os.path.basename(path)[:-5]] = json.load(file)
    for line in shared:
        task = data[line["task"]]
        pair = task[line["split"]][line["index"]]
        c = freeze(pair["output"]) if line["C"] == "output" else None
        samples = tuple((freeze(p["input"]), freeze(p["output"])) for p in task["train"])
        wanted = run(reference, programs[line["program"]], [samples, freeze(pair["input"]), c])
        if wanted.status == "skip":
            counts["too long for CPython"] += 1
        elif line["status"] not in ("value", "error"):
            counts[f"{line['status']}: {line['reason']}"] += 1
        elif (line["status"], line["value"], line["error"], line["line"]) == (
                wanted.status, wanted.value, wanted.error, wanted.line):
            counts[f"the same, C {line['C']}"] += 1
        else:
            counts["different"] += 1
            print(f"{programs[line['program']]}{line}\nCPython: {vars(wanted)}"[:3000])
    print(f"seed {args.seed}: {len(programs)} programs on {args.on} tasks")
    for what, count in counts.most_common():
        print(f"{count:8} {what}")
    bad = counts["different"] + counts["differ when they share"]
    return 1 if bad or not counts["the same, C output"] else 0


if __name__ == "__main__":
    sys.exit(main())
