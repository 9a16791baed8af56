#!/usr/bin/env python3
"""A modest seeded amount of every comparison with the reference, where it is at hand.

ARCBATCH_REFERENCE names the folder of the reference; ARCBATCH_TASKS one of ARC task files, which
all comparisons but the random programs need. ARCBATCH_SEED changes the seed, and
ARCBATCH_PYTHON the interpreter. Arguments are passed on to compare.py.
"""

from __future__ import annotations

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
AMOUNTS = (("programs", 1500), ("calls", 40000), ("mutants", 1200), ("solvers", None))


def python311() -> str | None:
    """An interpreter of the pinned version, if there is one."""
    for candidate in (os.environ.get("ARCBATCH_PYTHON"), sys.executable, "/usr/bin/python3",
                      "python3.11"):
        if not candidate:
            continue
        try:
            version = subprocess.run(
                [candidate, "-c", "import sys; print(*sys.version_info[:2])"],
                stdout=subprocess.PIPE, universal_newlines=True, check=True).stdout.split()
        except (OSError, subprocess.CalledProcessError):
            continue
        if version == ["3", "11"]:
            return candidate
    return None


def main() -> int:
    if not os.environ.get("ARCBATCH_REFERENCE"):
        print("NOT RUN: the reference is not at hand (set ARCBATCH_REFERENCE to its folder)")
        return 0
    python = python311()
    if python is None:
        print("NOT RUN: expected values need CPython 3.11 (set ARCBATCH_PYTHON)")
        return 0
    failed = []
    for command, count in AMOUNTS:
        if command != "programs" and not os.environ.get("ARCBATCH_TASKS"):
            print(f"NOT RUN: {command} (set ARCBATCH_TASKS to a folder of ARC task files)")
            continue
        arguments = [python, os.path.join(HERE, "compare.py"), command, "--least", "100",
                     "--seed", os.environ.get("ARCBATCH_SEED", "1")]
        arguments += ["--count", str(count)] if count else []
        if subprocess.call(arguments + sys.argv[1:]):
            failed.append(command)
    print("differences in: " + ", ".join(failed) if failed else "no differences")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
