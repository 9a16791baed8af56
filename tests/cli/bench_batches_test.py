"""arcbatch bench batches and bench plot: the table, its JSON, the drawing, and differences."""

import json
import os
import re
import sys
import xml.etree.ElementTree

from _harness import arcbatch, check, main, write
from bench_test import DSL, files


def batches(folder, workloads, *arguments):
    report = os.path.join(folder, "batches.json")
    done = arcbatch("bench", "batches", *files(folder), "--jobs", "2", "--workloads",
                    workloads, "--mutants", "60", "--sample", "20", "--json", report,
                    *arguments)
    return done, report


def test_modes_and_workloads(folder):
    done, report = batches(folder, "programs,mutants,all")
    check(done.code == 0 and "all outcomes the same in every mode" in done.out, done)
    with open(report, encoding="utf-8") as file:
        data = json.load(file)
    found = {w["name"]: w for w in data["workloads"]}
    check(list(found) == ["programs", "mutants", "all"], found)
    check(found["programs"]["runs"] == 4 and found["all"]["runs"] == 8, found)
    check(found["mutants"]["programs"] == 60 and found["mutants"]["runs"] == 120, found)
    for workload in found.values():
        check([m["name"] for m in workload["modes"]] == ["sequential", "shared", "parallel"],
              workload)
        check([m["jobs"] for m in workload["modes"]] == [1, 1, 2], workload)
        check(workload["sample"] is None, workload)
        check(sum(workload[k] for k in ("values", "errors", "limits", "resource", "unsupported"))
              == workload["runs"], workload)
    check(0 < found["all"]["evaluated"] <= found["all"]["statements"], found["all"])
    drawing = os.path.join(folder, "batches.svg")
    done = arcbatch("bench", "plot", report, drawing)
    check(done.code == 0, done)
    root = xml.etree.ElementTree.parse(drawing).getroot()
    bars = [e for e in root if e.tag.endswith("rect")][1:]
    check(len(bars) == 9 and all(float(bar.get("width")) > 0 for bar in bars), bars)


def test_modes_of_devices(folder):
    missing = {"ARCBATCH_CUDA_MODULE": os.path.join(folder, "missing.so")}
    report = os.path.join(folder, "devices.json")
    command = ["bench", "batches", *files(folder), "--jobs", "2", "--mutants", "60",
               "--modes", "cuda,sequential,emulated,auto", "--json", report]
    done = arcbatch(*command, **missing)
    check(done.code == 0 and done.out.count("cuda        NOT RUN: --backend cuda: the CUDA module "
                                            "cannot be loaded") == 2, done)
    check("auto takes the CPU: --backend auto: the CUDA module cannot be loaded" in done.out, done)
    with open(report, encoding="utf-8") as file:
        modes = {m["name"]: m for m in json.load(file)["workloads"][1]["modes"]}
    check("cannot be loaded" in modes["cuda"]["not_run"] and modes["auto"]["device"] is None, modes)
    counts = modes["emulated"]["device"]
    check(counts["device_runs"] == 120 and counts["cpu_runs"] == 0, counts)
    check(min(counts[k] for k in ("bytes_up", "bytes_down", "launches", "device_seconds",
                                  "busy_share", "occupancy")) > 0, counts)
    check(arcbatch("bench", "plot", report, os.path.join(folder, "x.svg")).code == 0, "plot")
    done = arcbatch("bench", "batches", *files(folder), "--modes", "cuda", **missing)
    check(done.code == 1 and "no mode could be run: --backend cuda" in done.err, done)
    fake = {"ARCBATCH_CUDA_MODULE": os.environ["ARCBATCH_FAKE_CUDA"]}
    done = arcbatch(*command, **fake)
    check(done.code == 0 and "NOT RUN" not in done.out, done)
    check(re.search(r"auto takes the CPU: \d+ runs take 2 cores about", done.out), done)
    done = arcbatch(*command, "--auto-start", "0", **fake)
    check(done.code == 0 and "takes the CPU" not in done.out, done)


def test_against_a_reference(folder):
    done, report = batches(folder, "programs", "--against", os.path.join(folder, "reference"), "--python",
                           sys.executable)
    check(done.code == 0 and "from 20 runs; 0 too long, 0 limits" in done.out, done)
    with open(report, encoding="utf-8") as file:
        workload = json.load(file)["workloads"][0]
    check(workload["sample"]["runs"] == 20 and workload["sample"]["disagreements"] == 0, workload)
    check(0 < workload["sample"]["ratio_p10"] <= workload["sample"]["ratio_p90"], workload)
    check("these runs one by one, as bench times them: geomean" in done.out, done)
    check(all(mode["ratio_to_python"] > 0 for mode in workload["modes"]), workload)


def test_a_difference_is_a_failure(folder):
    wrong = DSL.replace("zip(*grid[::-1])", "zip(*grid)")
    files(folder)
    write(folder, "wrong/dsl.py", wrong)
    write(folder, "wrong/constants.py", "ORIGIN = (0, 0)\n")
    done, _ = batches(folder, "programs", "--against", os.path.join(folder, "wrong"), "--python",
                      sys.executable)
    check(done.code == 1 and "sampled outcomes differ from CPython's" in done.err, done)


def test_bad_input(folder):
    done = arcbatch("bench", "--json", "x", "batches")
    check(done.code == 2 and "--json: goes after `batches`" in done.err, done)
    done = arcbatch("bench", "batches", "--modes", "fast")
    check(done.code == 2, done)
    other = write(folder, "other.json", "{}")
    done = arcbatch("bench", "plot", other, os.path.join(folder, "x.svg"))
    check(done.code == 1 and "is not what bench batches --json writes" in done.err, done)


if __name__ == "__main__":
    main(globals())
