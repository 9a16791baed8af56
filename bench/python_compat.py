#!/usr/bin/env python3
"""The earlier system's benchmark on arcbatch.compat: 20 tasks x 4 samples in batches of 20.

usage: build/venv/bin/python bench/python_compat.py --against path/to/arc-dsl --tasks path/to/training
           [--device cuda|emulated] [--json FILE]

Modes:
  sequential       a batt that calls the task's solver, sample by sample, in Python
  parallel_cpu     the same in threads, its primitives routed to the engine on the processor
  parallel_gpu     the same solvers compiled and evaluated on the device
  phase 1          calls are routed to the device one by one
  phase 2          calls are gathered, and all results come back
  phase 3          results stay on the device's side until somebody looks

Where there is no GPU, parallel_gpu is NOT RUN, and the criteria that need it are not met. With
`--device emulated` it runs on the emulated device, and every line says so. Exit code 1 if results
differ.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import types
from collections.abc import Callable
from typing import Any

import arcbatch
from arcbatch.compat import MegaBatchCoordinator

BATCH = 20
CRITERIA = ("operations on the device", "speed-up at least 2x", "utilisation over 30 %",
            "results equal")  # fmt: skip


class Operations(logging.Handler):
    """Counts the operations that contexts say they have routed."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.routed = self.calls = 0

    def emit(self, record: logging.LogRecord) -> None:
        found = re.match(r"Batch complete: (\d+)/(\d+) operations", record.getMessage())
        if found:
            self.routed += int(found[1])
            self.calls += int(found[2])


class Utilisation:
    """How busy the device is while a block runs, in percent; None where it cannot be known.

    Of a GPU what nvidia-smi says, sampled; of the emulated device the processor time of this
    process over the wall-clock time of all cores.
    """

    def __init__(self, device: str):
        self.device = device
        self.percent: float | None = None

    def __enter__(self) -> Utilisation:
        self.started, self.cpu = time.perf_counter(), time.process_time()
        self.samples: list[float] = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._sample)
        self.thread.start()
        return self

    def _sample(self) -> None:
        command = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits"]
        while self.device == "cuda" and shutil.which(command[0]) and not self.ended.is_set():
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            self.samples += [float(x) for x in done.stdout.split() if x.isdigit()]

    def __exit__(self, *exception: object) -> None:
        wall, cpu = time.perf_counter() - self.started, time.process_time() - self.cpu
        self.ended.set()
        self.thread.join()
        if self.device == "emulated":
            self.percent = 100 * cpu / (wall * len(os.sched_getaffinity(0)))
        elif self.samples:
            self.percent = sum(self.samples) / len(self.samples)


def load_data(folder: str, solvers: types.ModuleType, tasks: int, samples: int) -> dict[str, Any]:
    """The first tasks with a solver and as many samples, in the coordinator's form."""
    data: dict[str, Any] = {"demo": {}, "test": {}}
    for file in sorted(os.listdir(folder)):
        name = file.removesuffix(".json")
        if not hasattr(solvers, f"solve_{name}") or len(data["demo"]) == tasks:
            continue
        with open(os.path.join(folder, file), encoding="utf-8") as handle:
            task = json.load(handle)
        if len(task["train"]) + len(task["test"]) < samples:
            continue
        demo = task["train"][: samples - 1]
        data["demo"][name] = demo
        data["test"][name] = (task["test"] + task["train"][samples - 1 :])[: samples - len(demo)]
    return data


def outputs(merged: dict[str, Any]) -> list[str]:
    """The first output of every sample, in order, as text."""
    return [
        repr(sample["o"][0]) if sample["o"] else "an exception"
        for task in merged.values()
        for kind in ("demo", "test")
        for _, sample in sorted(task[kind].items())
    ]


def best(work: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - started)
    return min(times), result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--against", required=True, help="a checkout of arc-dsl")
    parser.add_argument("--tasks", required=True, help="a folder of ARC tasks")
    parser.add_argument("--device", choices=("cuda", "emulated"), default="cuda")
    parser.add_argument("--count", type=int, default=20, help="tasks (%(default)s)")
    parser.add_argument("--samples", type=int, default=4, help="of a task (%(default)s)")
    parser.add_argument("--repeats", type=int, default=3, help="of a mode (%(default)s)")
    parser.add_argument("--json", help="write the figures to this file")
    options = parser.parse_args()
    sys.path.insert(0, options.against)
    import solvers

    batt = types.ModuleType("batt_of_solvers")
    batt.batt = lambda task, S, I, C, log: ([getattr(solvers, f"solve_{task}")(I)], [])  # type: ignore[attr-defined]  # noqa: E741
    sys.modules[batt.__name__] = batt
    data = load_data(options.tasks, solvers, options.count, options.samples)
    names = list(data["demo"])
    count = sum(len(data[kind][name]) for kind in data for name in names)
    operations = Operations()
    log = logging.getLogger("arcbatch")
    log.setLevel(logging.INFO)
    log.addHandler(operations)
    log.propagate = False

    def coordinate(parallel: bool, **phase: Any) -> Any:
        coordinator = MegaBatchCoordinator(
            batt.__name__, BATCH, enable_gpu=parallel or bool(phase), parallel=parallel,
            max_workers=4, **phase,
        )  # fmt: skip
        return outputs(coordinator.process_all(data, names)[0])

    modes: dict[str, dict[str, Any]] = {}

    def note(mode: str, where: str, seconds: float, texts: list[str], **more: Any) -> None:
        first = modes.get("sequential", {"seconds": seconds, "texts": texts})
        modes[mode] = {
            "where": where,
            "seconds": seconds,
            "samples_per_second": count / seconds,
            "speed_up": first["seconds"] / seconds,
            "equal": texts == first["texts"],
            "texts": texts,
            **more,
        }

    note("sequential", "CPython", *best(lambda: coordinate(False), options.repeats))
    seconds, texts = best(lambda: coordinate(True), options.repeats)
    note("parallel_cpu", arcbatch._core.backend_name(), seconds, texts,
         routed=operations.routed // options.repeats, calls=operations.calls // options.repeats)  # fmt: skip

    tasks = [
        {"id": name, "train": data["demo"][name], "test": data["test"][name]} for name in names
    ]
    programs = [arcbatch.compile(getattr(solvers, f"solve_{name}")) for name in names]
    refused = None
    try:
        with Utilisation(options.device) as used:
            seconds, outcomes = best(
                lambda: arcbatch.evaluate(programs, tasks, backend=options.device), options.repeats
            )
    except arcbatch.BackendError as error:
        refused = str(error)
    else:
        where = ", ".join(outcomes.backend.devices)
        texts = [outcome.value or "an exception" for outcome in outcomes]
        note("parallel_gpu", where, seconds, texts, routed=outcomes.backend.runs,
             calls=len(outcomes), utilisation=used.percent)  # fmt: skip

        for phase in (1, 2, 3):
            operations.routed = operations.calls = 0
            seconds, texts = best(
                lambda: coordinate(False, phase=phase, backend=options.device), options.repeats
            )
            note(f"phase {phase}", where, seconds, texts, routed=operations.routed // options.repeats,
                 calls=operations.calls // options.repeats)  # fmt: skip

    print(f"{len(names)} tasks, {count} samples, batches of {BATCH}")
    print(f"{'mode':14}{'on':>22}{'seconds':>10}{'samples/s':>11}{'speed-up':>10}  equal  on the engine")
    for mode, row in modes.items():
        share = f"{row['routed']} of {row['calls']}" if "routed" in row else "-"
        unit = " runs" if mode == "parallel_gpu" else " operations" if "routed" in row else ""
        print(
            f"{mode:14}{row['where']:>22}{row['seconds']:>10.4f}{row['samples_per_second']:>11.0f}"
            f"{row['speed_up']:>9.1f}x  {'yes' if row['equal'] else 'NO':5}  {share}{unit}"
        )
    gpu = modes.get("parallel_gpu")
    met: dict[str, bool | None] = dict.fromkeys(CRITERIA)
    met["results equal"] = all(row["equal"] for row in modes.values())
    if gpu is None:
        print(f"parallel_gpu  NOT RUN: {refused}")
    else:
        met["operations on the device"] = gpu["routed"] > 0
        met["speed-up at least 2x"] = gpu["speed_up"] >= 2
        if gpu["utilisation"] is not None:
            met["utilisation over 30 %"] = gpu["utilisation"] > 30
    if options.device == "emulated":
        print("THE DEVICE IS EMULATED on this machine's threads: nothing here is said of a GPU")
    for name, value in met.items():
        print(f"  {name:26} {'NOT RUN' if value is None else 'met' if value else 'NOT MET'}")
    if options.json:
        for row in modes.values():
            del row["texts"]
        figures = {
            "tasks": len(names), "samples": count, "batch": BATCH, "device": options.device,
            "modes": modes, "not_run": refused, "criteria": met,
        }  # fmt: skip
        with open(options.json, "w", encoding="utf-8") as handle:
            json.dump(figures, handle, indent=2)
            handle.write("\n")
    return 0 if met["results equal"] else 1


if __name__ == "__main__":
    sys.exit(main())
