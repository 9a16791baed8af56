#!/usr/bin/env python3
"""Times batt files under the engine and under the reference of the dialect tokpidjin, in one run.

    bench/batt.py --reference DIR --tasks DIR --engine BIN [--count N] [--json FILE] FILE...

Both run on one core with their logging off. The reference, a checkout of tokpidjin which needs
NumPy, calls batt() once per example and C; the engine runs `arcbatch batt --jobs 1 --timings`.
Prints the ratio by call as a distribution, in which what calls share counts for the first of them;
the ratio of the totals, in which the engine's is that of its whole process, with compiling, reading
tasks and writing lines; and how much faster two workers are. The least of several runs counts.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "tests", "differential"))
import tokpidjin  # noqa: E402


def grid(rows):
    return tuple(tuple(row) for row in rows)


def reference_seconds(batt, folder: str, ids: list) -> dict:
    """Seconds of every call, by task, split, index and whether C is the output."""
    seconds = {}
    for task in ids:
        with open(os.path.join(folder, task + ".json"), encoding="utf-8") as handle:
            data = json.load(handle)
        samples = tuple((grid(p["input"]), grid(p["output"])) for p in data["train"])
        for kind, split in (("demo", "train"), ("test", "test")):
            for index, pair in enumerate(data[split]):
                for C in ("None", "output"):
                    arguments = (task, samples, grid(pair["input"]),
                                 grid(pair["output"]) if C == "output" else None, None)
                    begin = time.process_time()
                    try:
                        batt(*arguments)
                    except Exception:  # an outcome like others
                        pass
                    seconds[task, kind, index, C] = time.process_time() - begin
    return seconds


def engine_seconds(binary: str, path: str, files: list, jobs: int):
    """Processor and wall-clock seconds of the process, and the seconds of every call."""
    with tempfile.NamedTemporaryFile() as out:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.monotonic()
        subprocess.run([binary, "batt", path, "--tasks", *files, "--jobs", str(jobs), "--timings",
                        "--out", out.name], check=False, stdout=subprocess.DEVNULL)
        wall = time.monotonic() - begin
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        calls = {}
        for text in out.read().decode().splitlines():
            line = json.loads(text)
            calls[line["task"], line["kind"], line["index"], line["C"]] = line["seconds"]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, wall, calls


def quantile(values: list, q: float) -> float:
    return sorted(values)[min(len(values) - 1, int(q * len(values)))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--reference", required=True)
    parser.add_argument("--tasks", required=True)
    parser.add_argument("--engine", required=True)
    parser.add_argument("--count", type=int, default=20, help="tasks")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=5, help="runs of the engine; the least counts")
    parser.add_argument("--json")
    options = parser.parse_args()
    reference = tokpidjin.Reference(options.reference)
    ids = sorted(n[:-5] for n in os.listdir(options.tasks) if n.endswith(".json"))
    ids = sorted(random.Random(options.seed).sample(ids, min(options.count, len(ids))))
    files = [os.path.join(options.tasks, t + ".json") for t in ids]
    rows = []
    for path in options.files:
        batt = tokpidjin.batt_function(reference, path)
        theirs = reference_seconds(batt, options.tasks, ids)
        runs = [engine_seconds(options.engine, path, files, 1) for _ in range(options.repeat)]
        pairs = [engine_seconds(options.engine, path, files, 2) for _ in range(options.repeat)]
        one = min(run[0] for run in runs)
        ratios = [theirs[call] / max(min(run[2][call] for run in runs), 1e-6) for call in theirs]
        row = {"file": os.path.basename(path), "tasks": len(ids), "calls": len(theirs),
               "python_seconds": sum(theirs.values()), "engine_seconds": one,
               "total": sum(theirs.values()) / one,
               "geomean": math.exp(statistics.fmean(map(math.log, ratios))),
               "p10": quantile(ratios, 0.1), "median": quantile(ratios, 0.5),
               "two_jobs": min(run[1] for run in runs) / min(run[1] for run in pairs)}
        rows.append(row)
        if len(rows) == 1:
            print(f"{'file':20} {'calls':>6} {'python':>9} {'engine':>8} {'total':>7} "
                  f"{'geomean':>8} {'p10':>7} {'median':>7} {'2 jobs':>6}")
        print(f"{row['file']:20} {row['calls']:6} {row['python_seconds']:7.2f} s {one:6.3f} s "
              f"{row['total']:6.1f}x {row['geomean']:7.1f}x {row['p10']:6.1f}x "
              f"{row['median']:6.1f}x {row['two_jobs']:5.2f}x", flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as handle:
            json.dump(rows, handle, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
