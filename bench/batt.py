#!/usr/bin/env python3
"""Times batt files under the engine and under the reference of the dialect tokpidjin, in one run.

    bench/batt.py --reference DIR --tasks DIR --engine BIN [--count N] [--json FILE] FILE...

Both run on one core with their logging off: the reference, a checkout of tokpidjin which needs
NumPy, calls batt() of each file once per example and C, and is timed call by call; the engine runs
`arcbatch batt --jobs 1 --timings`, which tells what each of its calls took, and then with
`--jobs 2`. Prints the ratio per call as a distribution and the ratio of the totals; the engine's
total is that of its whole process, with compiling, reading tasks and writing lines.
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


def calls_of(folder: str, ids: list):
    """(task, kind, index, C is the output, arguments) of every call, in the engine's order."""
    for task in ids:
        with open(os.path.join(folder, task + ".json"), encoding="utf-8") as handle:
            data = json.load(handle)
        samples = tuple((grid(p["input"]), grid(p["output"])) for p in data["train"])
        for kind, split in (("demo", "train"), ("test", "test")):
            for index, pair in enumerate(data[split]):
                for scored in (False, True):
                    C = grid(pair["output"]) if scored else None
                    yield task, (task, samples, grid(pair["input"]), C, None)


def reference_seconds(batt, folder: str, ids: list) -> dict:
    """Seconds by task that the calls take."""
    seconds = dict.fromkeys(ids, 0.0)
    for task, arguments in calls_of(folder, ids):
        begin = time.process_time()
        try:
            batt(*arguments)
        except Exception:  # an outcome like others
            pass
        seconds[task] += time.process_time() - begin
    return seconds


def engine_seconds(binary: str, path: str, files: list, jobs: int):
    """User and system seconds of a run, and its wall-clock time."""
    with tempfile.NamedTemporaryFile() as out:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.monotonic()
        subprocess.run([binary, "batt", path, "--tasks", *files, "--jobs", str(jobs),
                        "--out", out.name], check=False, stdout=subprocess.DEVNULL)
        wall = time.monotonic() - begin
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


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
        one, one_wall = (min(c) for c in zip(*(engine_seconds(options.engine, path, files, 1)
                                               for _ in range(options.repeat))))
        two_wall = min(engine_seconds(options.engine, path, files, 2)[1]
                       for _ in range(options.repeat))
        by_task = []
        for task, file in zip(ids, files):
            mine = min(engine_seconds(options.engine, path, [file], 1)[0] for _ in range(2))
            by_task.append(theirs[task] / mine)
        row = {"file": os.path.basename(path), "tasks": len(ids),
               "python_seconds": sum(theirs.values()), "engine_seconds": one,
               "ratio": sum(theirs.values()) / one,
               "jobs2": one_wall / two_wall}
        row["task_geomean"] = math.exp(statistics.fmean(map(math.log, by_task)))
        row["task_p10"], row["task_median"] = quantile(by_task, 0.1), quantile(by_task, 0.5)
        rows.append(row)
        print(f"{row['file']:24} python {row['python_seconds']:8.2f} s  engine {one:7.3f} s  "
              f"total {row['ratio']:6.1f}x  by task, with starting: geomean "
              f"{row['task_geomean']:6.1f}x  "
              f"p10 {row['task_p10']:6.1f}x  median {row['task_median']:6.1f}x  "
              f"2 jobs {row['jobs2']:.2f}x", flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as handle:
            json.dump(rows, handle, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
