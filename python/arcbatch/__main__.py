"""The command line: `python -m arcbatch` and the script `arcbatch` take what the program takes."""

from __future__ import annotations

import sys

from . import _core


def main() -> int:
    """Runs the command that sys.argv names; returns its exit code."""
    sys.stdout.flush()
    sys.stderr.flush()
    return _core.run_command_line(["arcbatch", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
