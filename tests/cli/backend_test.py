"""arcbatch run --backend: the outcomes of the CPU on devices, what they leave to it, and devices
that cannot be used. The devices of --backend cuda are faked by a module of the tests' own."""

import contextlib
import json
import os
import re
import sqlite3
import sys

from _harness import arcbatch, check, main, read_lines, task, write

FAKE = os.environ.get("ARCBATCH_FAKE_CUDA", "")
SOURCE_DIR = os.environ.get("ARCBATCH_SOURCE_DIR", ".")
NESTED = "def f(I):\n    g = power(increment, 300)\n    return g(1)\n"
LONG = "def f(I):\n    g = power(compose(increment, decrement), 400)\n    return g(1)\n"
WIDE = "def f(I):\n    return asobject(upscale(I, 50))\n"


def lines_of(folder, name, *arguments, **environment):
    """The outcome, the lines of --jsonl as text, and the object of --backend-json."""
    jsonl = os.path.join(folder, name + ".jsonl")
    counts = os.path.join(folder, name + ".json")
    extra = ["--backend-json", counts] if "--backend" in arguments else []
    done = arcbatch("run", *arguments, *extra, "--jsonl", jsonl, **environment)
    text, found = "", {}
    if os.path.exists(jsonl):
        with open(jsonl, encoding="utf-8") as file:
            text = file.read()
    if os.path.exists(counts):
        with open(counts, encoding="utf-8") as file:
            found = json.load(file)
    return done, text, found


def compare(folder, arguments, *devices, **environment):
    """Runs on the CPU and on devices, expects the same lines, and returns what devices did."""
    done, wanted, _ = lines_of(folder, "cpu", *arguments)
    check(done.code == 0 and wanted, done)
    done, got, counts = lines_of(folder, "device", *arguments, *devices, **environment)
    check(done.code == 0, done)
    check(got == wanted, (done, got[:2000], wanted[:2000]))
    check(counts["device_runs"] + counts["cpu_runs"] + counts["core_runs"] == wanted.count("\n"),
          counts)
    check(counts["cpu_runs"] == sum(counts["left_to_cpu"].values()), counts)
    check(counts["device_runs"] == 0 or (0 < counts["occupancy"] <= 1.02 and
                                         counts["device_seconds"] > 0), counts)
    check(counts["runs"] == wanted.count("\n") and counts["seconds"] > 0, counts)
    return done, counts


def names(counts):
    """The devices that took part."""
    return [device["name"] for device in counts["devices"]]


def one(folder, source):
    """Arguments for one program on one task of a single pair."""
    return ["--programs", write(folder, "p.py", source),
            "--tasks", write(folder, "t.json", task([([[1, 2], [3, 4]], [[1]])]))]


def test_built_in_examples_on_every_path(folder):
    for path in ("auto", "lanes", "scalar", "generic"):
        done, counts = compare(folder, [], "--backend", "emulated", "--path", path)
        check(counts["cpu_runs"] == 0 and counts["device_runs"] >= 100, counts)
        check(counts["launches"] == 2 * counts["slices"] > 0, counts)
        check(counts["bytes_up"] > 0 and counts["bytes_down"] > 0, counts)
        check(counts["backend"] == "emulated" and names(counts) == ["emulated:0"], counts)
        check(re.search(r"backend +emulated, 1 device: \d+ of \d+ runs by devices, 0 left", done.out),
              done)
        check(re.search(r"traffic +\d+ bytes up, \d+ bytes down, \d+ launches", done.out), done)


def recorded_cases():
    """Every recorded call as a function of a grid that it does not look at."""
    cases = []
    for place, _, names in sorted(os.walk(os.path.join(SOURCE_DIR, "tests", "cases"))):
        for name in sorted(n for n in names if n.endswith(".case")):
            with open(os.path.join(place, name), encoding="utf-8") as file:
                text = file.read()
            for block in re.findall(r"^case .*\n((?:  .*\n)+)", text, re.M):
                *before, last = block.splitlines()
                body = [*before, "  return " + last.strip()]
                cases.append(f"def c{len(cases)}(I):\n" + "\n".join(body) + "\n")
    return cases


def test_recorded_cases(folder):
    cases = recorded_cases()
    check(len(cases) > 1000, len(cases))
    arguments = ["--programs", write(folder, "cases.py", "\n".join(cases)), "--keep-going",
                 "--tasks", write(folder, "t.json", task([([[1, 2], [3, 4]], [[1]])])),
                 "--max-steps", "1000000"]
    for path in ("lanes", "scalar"):
        _, counts = compare(folder, arguments, "--backend", "emulated", "--path", path)
        check(counts["device_runs"] >= len(cases) * 0.98, (len(cases), counts))


def test_limits_are_the_same(folder):
    for limit in (["--max-steps", "40"], ["--max-steps", "500"], ["--max-bytes", "3000"],
                  ["--max-depth", "2"]):
        _, counts = compare(folder, limit, "--backend", "emulated")
        check(counts["cpu_runs"] == 0, (limit, counts))


def test_scores_and_functions_of_the_training_pairs(folder):
    programs = write(folder, "p.py", "def f(S, I):\n    x = first(S)\n    return last(x)\n"
                     "def g(S, I, C):\n    return (S, C)\ndef h(I):\n    return rot90(I)\n")
    for options in ([], ["--score"]):
        _, counts = compare(folder, ["--programs", programs, *options, "--tasks",
                                     os.path.join(SOURCE_DIR, "examples", "tasks")],
                            "--backend", "emulated")
        check(counts["cpu_runs"] == 0 and counts["runs"] == 360, counts)


def test_batches_and_workers_change_nothing(folder):
    compare(folder, [], "--backend", "emulated", "--batch-size", "7", "--jobs", "3",
            "--emulated-devices", "3")
    compare(folder, [], "--backend", "emulated", "--batch-size", "1", "--jobs", "1")


def test_what_devices_leave_is_named(folder):
    for source, options, reason in (
            (WIDE, ["--device-memory", "512", "--device-value", "1000000000",
                    "--device-values", "100000000"], "arena"),
            (NESTED, ["--device-frames", "64"], "frames"),
            (LONG, ["--device-steps", "500"], "steps"),
            (WIDE, ["--device-value", "100"], "value_size"),
            (WIDE, ["--device-values", "100"], "values_full")):
        _, counts = compare(folder, one(folder, source), "--backend", "emulated", *options)
        check(counts["left_to_cpu"][reason] == 1 == counts["cpu_runs"], (reason, counts))
    _, counts = compare(folder, one(folder, WIDE), "--backend", "emulated", "--device-values",
                        "100000000", "--device-value", "1000000000")
    check(counts["cpu_runs"] == 0, counts)


def test_a_lost_device_loses_no_run(folder):
    done, counts = compare(folder, [], "--backend", "emulated", "--emulated-devices", "2",
                           "--emulated-loss", "2", "--batch-size", "10")
    check(counts["slices_again"] >= 1 and counts["cpu_runs"] == 0, counts)
    check(counts["lost"] == ["emulated:0: made to fail by a test"], counts)
    check("a device was lost: emulated:0: made to fail by a test" in done.err, done)
    done, _, _ = lines_of(folder, "none", "--backend", "emulated", "--emulated-loss", "2",
                          "--batch-size", "10")
    check(done.code == 1 and "no device is left: emulated:0: made to fail" in done.err, done)


def test_results_files_are_the_same(folder):
    files = []
    for backend in ("cpu", "emulated"):
        files.append(os.path.join(folder, backend + ".sqlite"))
        done = arcbatch("run", "--backend", backend, "--out", files[-1])
        check(done.code == 0, done)
    exports = [arcbatch("export", file, "--csv", "/dev/stdout") for file in files]
    check(all(e.code == 0 and e.out for e in exports), exports)
    check(exports[0].out == exports[1].out, exports)
    told = []
    for file in files:
        with contextlib.closing(sqlite3.connect(file)) as database:
            told.append(database.execute("SELECT devices FROM sessions").fetchone()[0])
    check(told[0] is None and json.loads(told[1])["device_runs"] > 100, told)


def test_without_a_module(folder):
    missing = os.path.join(folder, "missing.so")
    done, text, _ = lines_of(folder, "none", "--backend", "cuda", ARCBATCH_CUDA_MODULE=missing)
    check(done.code == 1 and not text and not done.out, done)
    check("--backend cuda: the CUDA module cannot be loaded" in done.err and missing in done.err,
          done)
    done, got, _ = lines_of(folder, "auto", "--backend", "auto", ARCBATCH_CUDA_MODULE=missing)
    _, wanted, _ = lines_of(folder, "cpu")
    check(done.code == 0 and got == wanted, done)
    check(done.err.count("\n") == 1 and "--backend auto takes the CPU: the CUDA module cannot"
          in done.err, done)
    done = arcbatch("devices", ARCBATCH_CUDA_MODULE=missing)
    check(done.code == 0 and done.out.startswith("no CUDA device: the CUDA module cannot"), done)


def test_devices_that_cannot_be_used_are_named(folder):
    for fault, reason in (
            ("no-driver", "no NVIDIA driver"),
            ("old-driver", "the NVIDIA driver is too old: it is for CUDA 12.4, this build needs one "
                           "for CUDA 13.0"),
            ("no-device", "finds no CUDA device"),
            ("no-code", "no code for CUDA device 0, Fake GPU of compute capability 9.0"),
            ("no-memory", "cuda:0 Fake GPU: not enough memory"),
            ("old-module", "is of another version of arcbatch"),
            ("other-layout", "is of another version of arcbatch")):
        environment = {"ARCBATCH_CUDA_MODULE": FAKE, "FAKE_CUDA": fault}
        done, text, _ = lines_of(folder, "cuda", "--backend", "cuda", **environment)
        check(done.code == 1 and not text, (fault, done))
        check("error: --backend cuda: " in done.err and reason in done.err, (fault, done))
        done, text, _ = lines_of(folder, "auto", "--backend", "auto", "--auto-start", "0",
                                 **environment)
        check(done.code == 0 and text and "takes the CPU" in done.err and reason in done.err,
              (fault, done))


def test_cuda_devices_through_the_module(folder):
    environment = {"ARCBATCH_CUDA_MODULE": FAKE}
    done = arcbatch("devices", **environment)
    check(done.code == 0 and "driver for CUDA 13.1" in done.out, done)
    check("  0  Fake GPU, compute capability 9.0, 4 multiprocessors, 8192 MiB\n" in done.out, done)
    check("  1  Fake GPU, compute capability 9.1" in done.out, done)
    for backend in ("cuda", "auto"):
        done, counts = compare(folder, [], "--backend", backend, "--auto-start", "0", **environment)
        check(names(counts) == ["cuda:0 Fake GPU", "cuda:1 Fake GPU"], counts)
        check(counts["cpu_runs"] == 0 and "takes the CPU" not in done.err, done)
    _, counts = compare(folder, [], "--backend", "cuda", "--device", "1", **environment)
    check(names(counts) == ["cuda:1 Fake GPU"], counts)
    done, _, _ = lines_of(folder, "none", "--backend", "cuda", "--device", "7", **environment)
    check(done.code == 1 and "there is no CUDA device 7: there are 2" in done.err, done)


def test_auto_takes_the_cpu_where_devices_are_not_worth_their_start(folder):
    environment = {"ARCBATCH_CUDA_MODULE": FAKE}
    profile = os.path.join(folder, "profile.json")
    check(arcbatch("run", "--profile-json", profile, "--path", "scalar").code == 0, "profile")
    for extra in ([], ["--guide", profile]):
        done, got, counts = lines_of(folder, "auto", "--backend", "auto", *extra, **environment)
        check(done.code == 0 and counts["backend"] == "cpu" and got, done)
        check(re.search(r"auto takes the CPU: \d+ runs take \d+ cores? about .*, a device takes "
                        r"1(\.0+)? s to begin\n$", done.err) and done.err.count("\n") == 1, done)
    done, counts = compare(folder, [], "--backend", "auto", "--auto-start", "1e-9", "--guide",
                           profile, **environment)
    check(counts["device_runs"] > 0, counts)


def test_cores_take_their_share_under_auto(folder):
    environment = {"ARCBATCH_CUDA_MODULE": FAKE}
    _, counts = compare(folder, [], "--backend", "auto", "--auto-start", "0", "--batch-size", "1",
                        "--jobs", "12", FAKE_CUDA="slow", **environment)
    check(counts["core_runs"] > 0 and counts["device_runs"] > 0, counts)
    # The CPU goes on where all devices are lost.
    _, counts = compare(folder, [], "--backend", "auto", "--auto-start", "0", "--batch-size", "10",
                        FAKE_CUDA="losses", **environment)
    check(counts["left_to_cpu"]["lost"] > 0 and len(counts["lost"]) == 2, counts)


def test_a_profile_orders_the_slices(folder):
    profile = os.path.join(folder, "profile.json")
    check(arcbatch("run", "--profile-json", profile, "--path", "scalar").code == 0, "profile")
    for options in ([], ["--batch-size", "50", "--jobs", "3"], ["--score"]):
        _, counts = compare(folder, [*[o for o in options if o == "--score"]], "--backend",
                            "emulated", "--guide", profile, *[o for o in options if o != "--score"])
        check(counts["cpu_runs"] == 0, counts)
    bad = write(folder, "bad.json", "{}")
    done, _, _ = lines_of(folder, "none", "--backend", "emulated", "--guide", bad)
    check(done.code == 1 and "no profile of run --profile-json" in done.err, done)


def test_time_limits_of_runs(folder):
    """A device sees that a run took too long when it is over."""
    long = "def f(I):\n    x = interval(0, 9000, 1)\n    y = product(x, interval(0, 90, 1))\n" \
           "    return size(apply(first, y))\n"
    arguments = [*one(folder, long), "--backend", "emulated"]
    done, text, counts = lines_of(folder, "short", *arguments, "--max-seconds", "0.000001")
    check(done.code == 0 and '"status":"resource"' in text, (done, text))
    check("wall-clock time exhausted" in text and counts["device_runs"] == 1, (text, counts))
    done, text, _ = lines_of(folder, "long", *arguments, "--max-seconds", "1000")
    check('"status":"value"' in text, text)


def test_a_lost_gpu(folder):
    environment = {"ARCBATCH_CUDA_MODULE": FAKE, "FAKE_CUDA": "loss"}
    _, counts = compare(folder, [], "--backend", "cuda", "--batch-size", "10", **environment)
    check(counts["lost"] == ["cuda:1 Fake GPU: made to fail by a test"], counts)
    environment["FAKE_CUDA"] = "losses"
    done, _, _ = lines_of(folder, "none", "--backend", "cuda", "--batch-size", "10", **environment)
    check(done.code == 1 and "no device is left" in done.err, done)


def test_programs_share_their_work_on_devices(folder):
    source = "".join(f"def f{k}(I):\n    x = vmirror(I)\n    y = upscale(x, {k % 5 + 1})\n    return y\n"
                     for k in range(40))
    arguments = one(folder, source)
    _, alone = compare(folder, arguments, "--backend", "emulated", "--no-share")
    check(alone["shared_runs"] == 0 == alone["evaluated"] and alone["device_calls"] == 80, alone)
    done, shared = compare(folder, arguments, "--backend", "emulated", "--device-group", "40")
    check(shared["shared_runs"] == 40 and shared["items"] == 1, shared)
    # vmirror, five kinds of upscale.
    check(shared["statements"] == 120 and shared["evaluated"] == 6 == shared["device_calls"], shared)
    check("6 statements evaluated for the 120 that the runs came through" in done.out, done.out)
    _, counts = compare(folder, arguments, "--backend", "emulated", "--max-seconds", "100")
    check(counts["shared_runs"] == 0, counts)  # a limit of runs that stand alone
    _, counts = compare(folder, arguments, "--backend", "cuda", "--device-group", "8",
                        ARCBATCH_CUDA_MODULE=FAKE)
    check(counts["shared_runs"] == 40 and counts["items"] == 5, counts)


def profiled(folder, *arguments, **environment):
    """The profile of a run."""
    path = os.path.join(folder, "profile.json")
    done = arcbatch("run", *arguments, "--profile", "--profile-json", path, **environment)
    check(done.code == 0, done)
    with open(path, encoding="utf-8") as file:
        return path, done, json.load(file)


def test_profiles_of_devices(folder):
    """The calls that the CPU makes; time by the device's clock; a guide for other work."""
    keys = ("name", "kind", "calls")
    _, _, wanted = profiled(folder, "--no-share", "--path", "scalar")
    for devices, environment in ((["--backend", "emulated"], {}),
                                 (["--backend", "emulated", "--path", "scalar"], {}),
                                 (["--backend", "cuda"], {"ARCBATCH_CUDA_MODULE": FAKE})):
        path, done, found = profiled(folder, *devices, "--no-share", **environment)
        by_name = [sorted([row[key] for key in keys] for row in p["primitives"])
                   for p in (wanted, found)]
        check(by_name[0] == by_name[1], (devices, by_name))
        generic, orders = found["total"]["generic"], found["total"]["orders"]
        check(0 < generic < found["total"]["calls"] / 10 and orders > 0, found["total"])
        timed = [row["kernel_ns"] for row in found["primitives"] if row["kind"] == "leaf"]
        check(timed and min(timed) > 0 and max(timed) < 1e9, timed)
        check("ns a call" in done.out, done)
    compare(folder, [], "--backend", "emulated", "--guide", path)
    # What the CPU does for a device is the profile's too.
    _, _, found = profiled(folder, "--backend", "emulated", "--no-share", "--device-steps", "300")
    check(found["total"]["calls"] >= wanted["total"]["calls"], (found["total"], wanted["total"]))


def test_options_that_devices_cannot_have(folder):
    done, _, _ = lines_of(folder, "none", "--backend", "emulated", "--path", "simd")
    check(done.code == 1 and "cannot be had with --path simd" in done.err, done)
    done, _, _ = lines_of(folder, "none", "--backend", "emulated", "--path", "generic", "--profile")
    check(done.code == 1 and "--profile counts calls of the fast kernels" in done.err, done)
    done = arcbatch("run", "--backend", "tpu")
    check(done.code == 2 and "--backend" in done.err, done)


if __name__ == "__main__":
    if not os.path.exists(FAKE):
        print("skipped: ARCBATCH_FAKE_CUDA names no module")
        sys.exit(77)
    main(globals())
