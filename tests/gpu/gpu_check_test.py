"""scripts/gpu-check, rehearsed with the fake CUDA module: steps, the time limit, going on, and the report."""

import json
import os
import subprocess
import sys
import tempfile

ARCBATCH = os.environ["ARCBATCH"]
FAKE = os.environ.get("ARCBATCH_FAKE_CUDA", "")
CHECK = os.path.join(os.environ.get("ARCBATCH_SOURCE_DIR", "."), "scripts/gpu-check")


def main():
    unit_tests = os.path.join(os.path.dirname(ARCBATCH), "arcbatch_unit_tests")
    if not os.path.exists(FAKE) or not os.path.exists(unit_tests):
        print("skipped: no fake module, or no unit tests")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        packed, out = os.path.join(folder, "packed"), os.path.join(folder, "out")
        os.mkdir(packed)
        for path, name in ((ARCBATCH, "arcbatch"), (unit_tests, "arcbatch_unit_tests"),
                           (FAKE, "arcbatch_cuda.so")):
            os.symlink(os.path.abspath(path), os.path.join(packed, name))
        environment = {k: v for k, v in os.environ.items() if k != "ARCBATCH_CUDA_MODULE"}

        def check(*arguments, **extra):
            return subprocess.run([sys.executable, CHECK, "--from", packed, "--quick", "--out", out,
                                   *arguments], check=False, capture_output=True, text=True,
                                  env={**environment, **extra})

        some = ["--only", "unit tests", "--only", "tests/gpu", "--only", "conformance", "--only", "lanes",
                "--only", "sharing"]
        done = check(*some, "--time-limit", "1")
        assert done.returncode == 1, done
        assert "not done yet: unit tests, tests/gpu, conformance, lanes, sharing; go on with" in done.stdout, done
        report = done.stdout.split("--resume ")[1].strip()
        done = check(*some, "--resume", report)
        assert done.returncode == 0 and "not done yet" not in done.stdout, done
        with open(report, encoding="utf-8") as file:
            found = json.load(file)
        assert found["device"] == "Fake GPU" and len(found["lanes"]) == 6, found
        alone, shared = found["lanes"][1], found["lanes"][-2]
        assert alone["shared_runs"] == 0 < shared["shared_runs"], found["lanes"]
        assert 0 < shared["evaluated"] < shared["statements"], shared
        assert found["profile"]["total"]["calls"] > 0, found["profile"]
        passed = {name: step["passed"] for name, step in found["steps"].items()}
        assert passed == {"unit tests": True, "tests/gpu": True, "conformance": None,
                          "lanes": True, "sharing": True}, passed
        with open(report.replace(".json", ".md"), encoding="utf-8") as file:
            assert "| conformance | NOT RUN: no --conformance |" in file.read()
        # A device that fails is a failure; a machine without one ends the check.
        os.remove(report)
        done = check("--only", "tests/gpu", FAKE_CUDA="losses")
        assert done.returncode == 1, done
        done = check("--only", "tests/gpu", FAKE_CUDA="no-device")
        assert done.returncode == 1 and "there is no GPU that can be used" in done.stderr, done
    return 0


if __name__ == "__main__":
    sys.exit(main())
