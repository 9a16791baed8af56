"""evaluate(fallback="python"): CPython does what the engine refuses, and nothing it does can harm."""

import json
import subprocess
import sys
import time

import pytest

import arcbatch

TASK = {
    "a": {
        "train": [
            {"input": [[1, 2]], "output": [[2, 4]]},
            {"input": [[3]], "output": [[6]]},
        ],
        "test": [{"input": [[4]]}],
    }
}

LOOPS = """
def doubled(I):
    rows = []
    for row in I:
        rows.append(tuple(2 * x for x in row))
    return tuple(rows)

def tall(S, I):
    out = I
    while height(out) < 3:
        out = vconcat(out, I)
    return out, len(S)

def fails(I):
    print("to nobody")
    for x in I:
        assert x == 7, "no"

def forever(I):
    while True:
        pass

def dies(I):
    import os
    os._exit(3)

def greedy(I):
    return len(bytearray(1 << 40))
"""

FINE = "def same(I):\n    return I\n"


def test_without_it_nothing_is_run_in_python():
    with pytest.raises(arcbatch.ProgramError, match="'for' statement"):
        arcbatch.evaluate([LOOPS, FINE], TASK)
    with pytest.raises(ValueError, match="fallback"):
        arcbatch.evaluate(FINE, TASK, fallback="perl")
    with pytest.raises(arcbatch.ProgramError):
        arcbatch.evaluate("def f(I) return I", TASK, fallback="python")


def test_what_the_engine_does_stays(tmp_path):
    plain = arcbatch.evaluate(FINE, TASK)
    found = arcbatch.evaluate(FINE, TASK, fallback="python")
    assert list(found) == list(plain)
    assert found.fallbacks == {}
    found.save(tmp_path / "all.sqlite")


def test_each_ending(tmp_path):
    started = time.monotonic()
    found = arcbatch.evaluate([LOOPS, FINE], TASK, fallback="python", max_seconds=2, jobs=2)
    assert time.monotonic() - started < 60
    reason = "the 'for' statement is outside the supported subset"
    assert found.fallbacks == {reason: 18}
    by_name = {name: found.where(program=name) for name in found.column("program")}

    doubled = by_name["doubled"]
    assert [o.value for o in doubled] == ["((2, 4),)", "((6,),)", "((8,),)"]
    assert [o.match for o in doubled] == [True, True, None]
    assert doubled[0].object == ((2, 4),) and doubled[0].grid is not None
    assert by_name["tall"][1].value == "(((3,), (3,), (3,)), 2)"
    fails = by_name["fails"][0]
    assert (fails.status, fails.error, fails.line) == ("error", "AssertionError", 17)
    assert fails.statement == 'assert x == 7, "no"'
    for name, why in (
        ("forever", "no answer of Python within 2 s"),
        ("dies", "the process of Python ended"),
        ("greedy", "Python ran out of memory"),
    ):
        assert set(by_name[name].column("status")) == {"resource"}
        assert set(by_name[name].column("reason")) == {why}
    assert by_name["same"].column("value") == ["((1, 2),)", "((3,),)", "((4,),)"]

    summary = found.summary()
    assert summary.statuses["value"] == 9 and summary.statuses["resource"] == 9
    assert summary.errors == {"AssertionError": 3}
    assert (summary.matched, summary.tasks_solved) == (2, 1)
    assert f"in Python 18 {reason}" in str(summary)
    assert found[3:6].fallbacks == {reason: 3}
    found.to_jsonl(tmp_path / "runs.jsonl")
    lines = [json.loads(x) for x in (tmp_path / "runs.jsonl").read_text().splitlines()]
    assert [x["value"] for x in lines] == found.column("value")
    assert [x["status"] for x in lines] == found.column("status")
    with pytest.raises(ValueError, match="alone"):
        found.save(tmp_path / "runs.sqlite")


def test_a_refused_run_of_a_compiled_program(tmp_path, monkeypatch):
    """With the user's own dsl, which knows integers of any size."""
    (tmp_path / "dsl.py").write_text("def multiply(a, b):\n    return a * b\n")
    (tmp_path / "mine.py").write_text(
        "from dsl import *\n\ndef big(I):\n    x = multiply(9223372036854775807, 2)\n"
        "    return (x, I)\n"
    )
    path = str(tmp_path / "mine.py")
    refused = arcbatch.evaluate(path, TASK)
    assert set(refused.column("status")) == {"unsupported"}
    found = arcbatch.evaluate(path, TASK, fallback="python")
    assert found[1].value == "(18446744073709551614, ((3,),))"
    assert found.fallbacks == {"integer beyond 64 bits": 3}
    # The package's own functions refuse it in Python too: then the refusal stays.
    text = (tmp_path / "mine.py").read_text().replace("from dsl import *", "")
    again = arcbatch.evaluate(text, TASK, fallback="python")
    assert [o.reason for o in again] == ["integer beyond 64 bits"] * 3
    assert again.fallbacks == {}
    assert again.summary().unsupported == {"integer beyond 64 bits": 3}


def test_an_interrupt_ends_the_processes():
    code = (
        "import os, signal, threading, arcbatch\n"
        "threading.Timer(2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()\n"
        f"task = {TASK!r}\n"
        "try:\n"
        "    arcbatch.evaluate('def f(I):\\n    while True:\\n        pass\\n', task,\n"
        "                      fallback='python', max_seconds=1000)\n"
        "except KeyboardInterrupt:\n"
        "    try:\n"
        "        print(os.waitpid(-1, os.WNOHANG))\n"
        "    except ChildProcessError:\n"
        "        print('interrupted, no processes')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "interrupted, no processes\n" and done.stderr == ""


def test_functions_and_modules_are_imported(tmp_path, monkeypatch):
    (tmp_path / "helpers_of_mine.py").write_text(
        "SHIFT = 5\n\ndef shifted(I):\n    return tuple(tuple(x + SHIFT for x in r) for r in I)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    import helpers_of_mine

    for program in (helpers_of_mine, helpers_of_mine.shifted):
        found = arcbatch.evaluate(program, TASK, fallback="python")
        assert found.column("value") == ["((6, 7),)", "((8,),)", "((9,),)"]
