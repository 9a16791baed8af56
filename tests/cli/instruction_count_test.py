"""scripts/instruction-count and the workload that it counts."""

import json
import os
import shutil
import subprocess
import sys

from _harness import ARCBATCH, arcbatch, check, main, write

SOURCE = os.environ.get("ARCBATCH_SOURCE_DIR", ".")


def test_the_workload_runs_every_example(_):
    done = arcbatch("bench", "--count-runs", "2", "--path", "scalar")
    lines = done.out.splitlines()
    check(done.code == 0 and lines[0] == "kernels scalar", done)
    names = [line.split()[0] for line in lines[1:]]
    programs = os.listdir(os.path.join(SOURCE, "examples/programs"))
    check(names == sorted(f"solve_{name[:-3]}" for name in programs), names)
    check(all(int(line.split()[1]) % 2 == 0 for line in lines[1:]), done)


def test_the_record_is_of_these_examples(_):
    with open(os.path.join(SOURCE, "bench/results/instructions.json"), encoding="utf-8") as file:
        recorded = json.load(file)
    names = [line.split()[0] for line in arcbatch("bench", "--count-runs", "1").out.splitlines()[1:]]
    check(list(recorded["examples"]) == names, "scripts/instruction-count --record is due")


def test_a_change_is_told_loudly(folder):
    if shutil.which("valgrind") is None:
        print("valgrind not found: the script itself is not tested")
        return
    script = [sys.executable, os.path.join(SOURCE, "scripts/instruction-count"),
              "--binary", ARCBATCH, "--repeat", "1", "--path", "scalar"]

    def run(*more):
        done = subprocess.run(script + list(more), stdout=subprocess.PIPE, text=True, check=False)
        check(done.returncode == 0, done)
        return done.stdout

    record = os.path.join(folder, "record.json")
    check("instructions a run in total" in run("--file", record, "--record"))
    check("WARNING" not in run("--file", record))
    with open(record, encoding="utf-8") as file:
        data = json.load(file)
    first = next(iter(data["examples"]))
    data["examples"][first] = data["examples"][first] * 2
    out = run("--file", write(folder, "doubled.json", data))
    check("!!! WARNING" in out and f"!!!   {first}" in out, out)
    data["kernels"] = "simd"
    check("not compared" in run("--file", write(folder, "other.json", data)))


if __name__ == "__main__":
    main(globals())
