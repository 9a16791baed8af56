"""--backend cuda on a real GPU: the outcomes of the CPU, whatever the launch looks like. Skipped where
there is none; scripts/gpu-check runs it where there is one."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))

import backend_test  # pylint: disable=wrong-import-position
from _harness import arcbatch, check, main, task, write  # pylint: disable=wrong-import-position


def on_gpu(folder, arguments, *options):
    """Compares --backend cuda with the CPU and returns what the devices did."""
    _, counts = backend_test.compare(folder, arguments, "--backend", "cuda", *options)
    return counts


def test_examples_however_many_threads_of_a_warp_work(folder):
    for lanes in ("1", "3", "8", "32"):
        counts = on_gpu(folder, [], "--device-lanes", lanes)
        check(counts["cpu_runs"] == 0, (lanes, counts))


def test_recorded_cases(folder):
    cases = backend_test.recorded_cases()
    arguments = ["--programs", write(folder, "cases.py", "\n".join(cases)), "--keep-going",
                 "--tasks", write(folder, "t.json", task([([[1, 2], [3, 4]], [[1]])])),
                 "--max-steps", "1000000"]
    for lanes in ("1", "32"):
        counts = on_gpu(folder, arguments, "--device-lanes", lanes)
        check(counts["device_runs"] >= len(cases) * 0.98, (len(cases), counts))


def test_every_program_on_every_task(folder):
    """Many slices, so that copies go beside launches; three rounds, so that a race would show."""
    source = ""
    for place, _, names in sorted(os.walk(os.path.join(backend_test.SOURCE_DIR, "examples"))):
        for name in sorted(n for n in names if n.endswith(".py") and n != "tutorial.py"):
            with open(os.path.join(place, name), encoding="utf-8") as file:
                source += file.read().replace("def solve_", "def on_all_") + "\n"
    arguments = ["--programs", write(folder, "all.py", source), "--max-steps", "1000000", "--tasks",
                 os.path.join(backend_test.SOURCE_DIR, "examples", "tasks")]
    for _ in range(3):
        counts = on_gpu(folder, arguments, "--batch-size", "200")
        check(counts["slices"] > 10 and counts["cpu_runs"] * 50 < counts["runs"], counts)


def test_limits_are_the_same(folder):
    for limit in (["--max-steps", "40"], ["--max-steps", "500"], ["--max-bytes", "3000"],
                  ["--max-depth", "2"]):
        check(on_gpu(folder, limit)["cpu_runs"] == 0, limit)


def test_what_devices_leave_is_named(folder):
    for source, options, reason in (
            (backend_test.WIDE, ["--device-memory", "512", "--device-value", "1000000000",
                                 "--device-values", "100000000"], "arena"),
            (backend_test.NESTED, ["--device-frames", "64"], "frames"),
            (backend_test.LONG, ["--device-steps", "500"], "steps"),
            (backend_test.WIDE, ["--device-value", "100"], "value_size"),
            (backend_test.WIDE, ["--device-values", "100"], "values_full")):
        counts = on_gpu(folder, backend_test.one(folder, source), *options)
        check(counts["left_to_cpu"][reason] == 1 == counts["cpu_runs"], (reason, counts))


def test_deep_values_leave_the_stack_whole(folder):
    source = "def f(I):\n    x0 = astuple(1, 2)\n"
    for k in range(1, 391):
        source += f"    x{k} = astuple(x{k - 1}, 1)\n"
    source += "    y = initset(x390)\n    return y\n"
    counts = on_gpu(folder, backend_test.one(folder, source), "--device-stack", "12")
    check(counts["left_to_cpu"]["stack"] == 1, counts)
    counts = on_gpu(folder, backend_test.one(folder, source), "--device-stack", "128")
    check(counts["cpu_runs"] == 0, counts)


if __name__ == "__main__":
    found = arcbatch("devices")
    if "no CUDA device" in found.out:
        print("skipped: " + found.out.strip())
        sys.exit(77)
    main(globals())
