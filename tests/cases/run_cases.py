#!/usr/bin/env python3
"""Runs the .case files through the engine and checks that every primitive has cases.

A case file is text:

    # A comment.
    case what it shows
      patch = initset((1, 2))
      shift(patch, (3, -1))
    value frozenset({(4, 1)})

The indented lines are the body of a function without parameters; the last one is the
expression that is returned. After it stands `value` with the repr that CPython prints, or
`error` with the class of the exception. tools/record_cases.py writes those lines.
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "differential"))

import engine as engine_module  # noqa: E402


class Case:
    """One case: where it stands, its body, and the expected line's text (None: not recorded)."""

    def __init__(self, path: str, line: int, name: str):
        self.path, self.line, self.name = path, line, name
        self.body: list = []
        self.expected = None
        self.body_end = line  # index just after the body in the file's lines

    def source(self) -> str:
        """The body as a function; its last expression is returned."""
        indent = min(len(b) - len(b.lstrip()) for b in self.body)
        lines = [b[indent:] for b in self.body]
        last = ast.parse("\n".join(lines)).body[-1]
        if isinstance(last, ast.Expr):
            lines[last.lineno - 1] = "return " + lines[last.lineno - 1]
        return "\n".join(["def case():"] + ["    " + text for text in lines]) + "\n"


def read_cases(path: str) -> list:
    """The cases of one file; raises ValueError with file and line on bad text."""
    cases = []
    with open(path, encoding="utf-8") as handle:
        lines = handle.read().split("\n")
    for number, text in enumerate(lines, 1):
        if not text.strip() or text.startswith("#"):
            continue
        if text.startswith("case "):
            cases.append(Case(path, number, text[5:]))
        elif not cases:
            raise ValueError(f"{path}:{number}: expected `case NAME`, got: {text}")
        elif text[0] in " \t" and cases[-1].expected is None:
            cases[-1].body.append(text)
            cases[-1].body_end = number
        elif text.split(" ")[0] in ("value", "error") and cases[-1].expected is None:
            cases[-1].expected = text
        else:
            raise ValueError(f"{path}:{number}: expected an indented line, `value` or `error`, "
                             f"got: {text}")
    for case in cases:
        if not case.body:
            raise ValueError(f"{path}:{case.line}: the case has no body")
    return cases


def case_files(paths: list) -> list:
    """All .case files at or under the paths, sorted."""
    found = []
    for path in paths:
        if os.path.isfile(path):
            found.append(path)
        for folder, _, names in os.walk(path):
            found += [os.path.join(folder, n) for n in names if n.endswith(".case")]
    return sorted(found)


def answer_line(answer: dict) -> str:
    """An engine's answer in the form of an expected line."""
    if answer.get("status") == "value":
        return f"value {answer.get('value')}"
    if answer.get("status") == "error":
        return f"error {answer.get('error')}"
    return f"{answer.get('status')} {answer.get('reason')}"


def coverage_gaps(names: list, cases_of: dict, wanted: tuple) -> list:
    """What is missing for each primitive to have a case of each wanted kind."""
    gaps = []
    for name in names:
        kinds = {(c.expected or "").split(" ")[0] for c in cases_of.get(name, [])}
        gaps += [f"{name}: no {kind} case" for kind in wanted if kind not in kinds]
    gaps += [f"{name}: cases of an unknown primitive" for name in cases_of if name not in names]
    return gaps


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", help="case files or folders (default: all)")
    parser.add_argument("--engine", help="the arcbatch binary (or ARCBATCH)")
    parser.add_argument("--dialect", default="arc-dsl",
                        help="of the cases; the files of another one are in tests/dialects")
    parser.add_argument("--engine-args", default="", help="passed on to `eval --jsonl`")
    options = parser.parse_args()
    binary = engine_module.find_engine(options.engine)
    isa = os.environ.get("ARC_FORCE_ISA")
    if isa and subprocess.run([binary, "eval", "--jsonl"], stdin=subprocess.DEVNULL,
                              capture_output=True, check=False).returncode == 2:
        print(f"NOT RUN: no kernels for {isa} here")
        return 77
    folder = HERE
    if options.dialect != "arc-dsl":
        folder = os.path.join(os.path.dirname(HERE), "dialects", options.dialect)
    files = case_files(options.paths or [folder])
    cases_of = {os.path.basename(f)[:-5]: read_cases(f) for f in files}
    cases = [c for group in cases_of.values() for c in group]
    process = engine_module.Engine(binary, options.engine_args)
    answers = process.ask([{"source": c.source(), "args": [], "dialect": options.dialect}
                           for c in cases])
    process.close()
    failed = 0
    for case, answer in zip(cases, answers):
        got = answer_line(answer)
        if got != case.expected:
            failed += 1
            place = f"{os.path.relpath(case.path)}:{case.line}: {case.name}"
            print("\n".join([f"FAILED {place}"] + case.body
                            + [f"  expected: {case.expected}", f"  got:      {got}"]))
    passed = len(cases) - failed
    if not options.paths:
        listed = subprocess.run([binary, "primitives", "--names", "--dialect", options.dialect],
                                check=True, stdout=subprocess.PIPE, universal_newlines=True)
        names = [n for n in listed.stdout.split() if not n.startswith("_")]
        kinds = ("value", "error") if options.dialect == "arc-dsl" else ("value",)
        gaps = coverage_gaps(names, cases_of, kinds)
        for gap in gaps:
            print(f"FAILED coverage: {gap}")
        failed += len(gaps)
        passed += not gaps
        print(f"{len(names)} primitives, {len(files)} case files, {len(cases)} cases")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
