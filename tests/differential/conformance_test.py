#!/usr/bin/env python3
"""Runs the recorded conformance programs where they are at hand, one by one and on an emulated device;
says NOT RUN where not.

Looked for in $ARCBATCH_CONFORMANCE, then in ../shared/conformance beside the repository.
Arguments are passed on to compare.py, for example --engine or --jobs.
"""

from __future__ import annotations

import glob
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def main() -> int:
    folder = os.environ.get("ARCBATCH_CONFORMANCE") or os.path.join(
        os.path.dirname(ROOT), "shared", "conformance")
    if not glob.glob(os.path.join(folder, "*.jsonl.gz")):
        print(f"NOT RUN: no conformance files in {folder} (set ARCBATCH_CONFORMANCE)")
        return 0
    command = [sys.executable, os.path.join(HERE, "compare.py"), "conformance", "--path", folder]
    compared = subprocess.call(command + sys.argv[1:])
    devices = subprocess.call([sys.executable, os.path.join(HERE, "backend.py"), "conformance",
                               "--backend", "emulated", "--path", folder])
    return compared or devices


if __name__ == "__main__":
    sys.exit(main())
