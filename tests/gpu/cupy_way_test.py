"""bench/cupy_way.py: its results are arcbatch's, with NumPy standing in for CuPy and an emulated device for the GPU.
Skipped where there is no NumPy."""

import json
import os
import subprocess
import sys
import tempfile

SOURCE_DIR = os.environ.get("ARCBATCH_SOURCE_DIR", ".")


def main():
    try:
        import numpy  # pylint: disable=import-outside-toplevel,unused-import
    except ImportError:
        print("skipped: no NumPy")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.json")
        command = [sys.executable, os.path.join(SOURCE_DIR, "bench/cupy_way.py"), "--arcbatch",
                   os.environ["ARCBATCH"], "--backend", "emulated", "--sizes", "4,80", "--json", report]
        done = subprocess.run([*command, "--stand-in"], check=False)
        with open(report, encoding="utf-8") as file:
            found = json.load(file)
        assert done.returncode == 0 and len(found["rows"]) == 16, found
        assert found["arrays"].startswith("numpy") and found["not_run"] is None, found
        # Without the stand-in, and without CuPy.
        done = subprocess.run([*command[:-1], report], check=False, capture_output=True, text=True,
                              env={**os.environ, "CUDA_VISIBLE_DEVICES": ""})
        assert done.returncode == 0, done
        try:
            import cupy  # pylint: disable=import-outside-toplevel,unused-import
        except ImportError:
            assert "NOT RUN: CuPy cannot be used (ModuleNotFoundError" in done.stdout, done
    return 0


if __name__ == "__main__":
    sys.exit(main())
