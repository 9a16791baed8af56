"""The recorded cases of every primitive, through the package."""

import os

import pytest
import run_cases
from conftest import ROOT

import arcbatch

FILES = run_cases.case_files([os.path.join(ROOT, "tests", "cases")])


@pytest.mark.parametrize("path", FILES, ids=[os.path.basename(f)[:-5] for f in FILES])
def test_cases(path):
    cases = run_cases.read_cases(path)
    assert cases
    for case in cases:
        outcome = arcbatch.compile(case.source())()
        got = {
            "value": f"value {outcome.value}",
            "error": f"error {outcome.error}",
        }.get(outcome.status, f"{outcome.status} {outcome.reason}")
        assert got == case.expected, f"{path}:{case.line}: {case.name}"
        if outcome.status == "value" and "<" not in outcome.value:
            # The object is CPython's own, so its repr must be what the engine says.
            assert repr(outcome.object) == case.expected[len("value "):]
