#!/usr/bin/env python3
"""Records the expected lines of tests/cases/**.case from the reference.

    tools/record_cases.py --reference DIR [PATH...]     rewrite the expected lines
    tools/record_cases.py --reference DIR --check       only say which ones would change

What to call stands in the case files; this only refreshes the `value` and `error` lines, so a
new case is a `case` line and a body. The reference is a checkout of arc-dsl, run under CPython
3.11 (Debian 12's /usr/bin/python3).
"""

from __future__ import annotations

import argparse
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests", "differential"))
sys.path.insert(0, os.path.join(ROOT, "tests", "cases"))

import reference as ref  # noqa: E402
import run_cases  # noqa: E402


def expected_line(reference: ref.Reference, case: run_cases.Case) -> str:
    """What the reference makes of a case; exits where that cannot be recorded."""
    place = f"{case.path}:{case.line}: {case.name}"
    outcome = reference.run(case.source(), [], seconds=10.0)
    if outcome.status == "skip":
        raise SystemExit(f"{place}: {outcome.reason}")
    if outcome.status == "error":
        return f"error {outcome.error}"
    if " at 0x" in outcome.value:
        raise SystemExit(f"{place}: the value shows an address; call the function instead")
    return f"value {outcome.value}"


def record(path: str, reference: ref.Reference, check: bool) -> int:
    """Refreshes one file; returns how many lines changed or would change."""
    with open(path, encoding="utf-8") as handle:
        lines = handle.read().split("\n")
    changed = 0
    for case in reversed(run_cases.read_cases(path)):
        line = expected_line(reference, case)
        if line == case.expected:
            continue
        changed += 1
        if check:
            print(f"{path}:{case.line}: {case.name}\n  stands: {case.expected}\n  is:     {line}")
        end = case.body_end
        while case.expected is not None and lines[end] != case.expected:
            end += 1
        lines[case.body_end:end + (case.expected is not None)] = [line]
    if changed and not check:
        with open(path, "w", encoding="utf-8") as handle:
            handle.write("\n".join(lines))
    return changed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", help="case files or folders (default: tests/cases)")
    parser.add_argument("--reference", default=os.environ.get("ARCBATCH_REFERENCE"))
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if stale")
    options = parser.parse_args()
    if not options.reference:
        raise SystemExit("name the reference's folder with --reference or ARCBATCH_REFERENCE")
    reference = ref.Reference(options.reference)
    files = run_cases.case_files(options.paths or [os.path.join(ROOT, "tests", "cases")])
    changed = sum(record(path, reference, options.check) for path in files)
    print(f"{len(files)} files, {changed} lines {'stale' if options.check else 'changed'}")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
