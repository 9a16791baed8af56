"""Threads, Ctrl-C, time limits, progress, memory, and the command line."""

import builtins
import dataclasses
import itertools
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from conftest import ROOT

import arcbatch

# Takes a time that grows with the square of {0}: about a second for 700.
SLOW = """\
def p(I):
    x1 = interval(0, {}, 1)
    x2 = product(x1, x1)
    x3 = order(x2, identity)
    return size(x3)
"""
GRID = [[(i * j) % 4 for j in range(20)] for i in range(20)]
TASKS = {"t": {"train": [{"input": GRID, "output": GRID}] * 4}}

# 10,000 take a minute or two.
EVALUATIONS = int(os.environ.get("ARCBATCH_EVALUATIONS", "150"))


def slow_programs(n, size=30):
    """Programs of about a millisecond a run, so that there is time to do something meanwhile."""
    return [arcbatch.compile(SLOW.format(size))] * n


def test_other_threads_run_meanwhile():
    counted = itertools.count()
    stop = threading.Event()

    def count():
        while not stop.is_set():
            next(counted)

    thread = threading.Thread(target=count)
    thread.start()
    before = next(counted)
    started = time.perf_counter()
    done = arcbatch.evaluate(slow_programs(20000), TASKS, jobs=1, time_limit=1, share=False)
    seconds = time.perf_counter() - started
    after = next(counted)
    stop.set()
    thread.join()
    assert len(done) > 0
    # Even on a busy core it counts by far more than this, unless it is held up throughout.
    assert seconds > 0.9
    assert after - before > 100_000


def test_calls_release_the_gil_too():
    program = arcbatch.compile(SLOW.format(700))
    ticks = []
    stop = threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    started = time.perf_counter()
    outcome = program(((0,),))
    # Making the object has the GIL; the run itself comes before.
    ended = started + outcome.seconds
    stop.set()
    thread.join()
    assert outcome.object == 490000
    assert sum(started < t < ended for t in ticks) > 10


def test_calls_from_many_threads_agree():
    program = arcbatch.compile(SLOW.format(30))
    grid = tuple(map(tuple, GRID))
    expected = program(grid)
    found = []

    def work():
        for _ in range(10):
            found.append(program(grid))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 60 and all(outcome == expected for outcome in found)


@pytest.mark.parametrize("jobs", [2, 3, 16])
def test_jobs_change_nothing(jobs):
    programs = slow_programs(20) + [f"def q(I):\n    return crop(I, ORIGIN, ({k}, 99))\n"
                                    for k in range(50)]  # fmt: skip
    one = arcbatch.evaluate(programs, TASKS, jobs=1, share=False)
    assert list(one) == list(arcbatch.evaluate(programs, TASKS, jobs=jobs, share=False))
    assert list(one) == list(arcbatch.evaluate(programs, TASKS, jobs=jobs))
    assert all(outcome.seconds > 0 for outcome in one)
    scored = arcbatch.evaluate(programs, TASKS, jobs=jobs, score=True)
    assert list(scored) == list(arcbatch.evaluate(programs, TASKS, jobs=1, score=True))
    assert list(one) == [dataclasses.replace(o, score=None) for o in scored]


def test_time_limit():
    outcomes = arcbatch.evaluate(slow_programs(20000), TASKS, time_limit=0.3, share=False)
    assert outcomes.end == "time limit" and not outcomes.complete
    assert 0 < len(outcomes) < outcomes.planned == 80000
    assert outcomes.summary().end == "time limit"
    assert str(outcomes.summary()).startswith("time limit after")
    assert [o.source for o in outcomes][:8] == [0] * 4 + [1] * 4


def test_interrupt_keeps_what_is_done():
    programs = slow_programs(20000)
    started = time.perf_counter()
    timers = []

    def interrupt_soon(done, total):
        if done > 0 and not timers:
            timers.append(threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)))
            timers[0].start()

    with pytest.raises(KeyboardInterrupt) as caught:
        arcbatch.evaluate(programs, TASKS, progress=interrupt_soon, share=False)
    timers[0].join()
    assert time.perf_counter() - started < 20
    assert isinstance(caught.value, arcbatch.Interrupted)
    outcomes = caught.value.outcomes
    assert outcomes.end == "interrupted" and outcomes.summary().end == "interrupted"
    assert 0 < len(outcomes) < outcomes.planned == 80000
    assert str(caught.value) == f"interrupted after {len(outcomes)} of 80000 runs"
    assert list(outcomes[:8]) == list(arcbatch.evaluate(programs[:2], TASKS))


def test_progress_function():
    seen = []
    outcomes = arcbatch.evaluate(
        slow_programs(100), TASKS, progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (len(outcomes), outcomes.planned)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)

    def fail(done, total):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        arcbatch.evaluate(slow_programs(100), TASKS, progress=fail)


def test_progress_lines(monkeypatch, capsys):
    real_import = builtins.__import__

    def without_tqdm(name, *args, **kwargs):
        if name == "tqdm":
            raise ImportError(name)
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_tqdm)
    outcomes = arcbatch.evaluate(slow_programs(5), TASKS, progress=True)
    assert capsys.readouterr().err.endswith(f"arcbatch: 20 of {len(outcomes)} runs\n")


def test_progress_bar(capsys):
    pytest.importorskip("tqdm")
    arcbatch.evaluate(slow_programs(5), TASKS, progress=True)
    assert "20/20" in capsys.readouterr().err


def test_silent_unless_asked(capsys):
    arcbatch.evaluate(slow_programs(5), TASKS)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


def resident_kib():
    with open("/proc/self/status", encoding="ascii") as handle:
        for line in handle:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    raise AssertionError("no VmRSS")


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs /proc")
def test_calls_do_not_leak():
    program = arcbatch.compile(
        "def f(x):\n    return combine(x, initset((9, (70, 70))))\n"
        "def g(x):\n    return increment(x)\n"
    )
    cells = frozenset((k % 10, (k, k)) for k in range(60))

    def calls(n):
        for _ in range(n // 2):
            assert len(program.call("f", cells).object) == 61
            assert program.call("g", cells).error == "TypeError"

    calls(10_000)
    before = resident_kib()
    calls(100_000)
    assert resident_kib() - before < 4096


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs /proc")
def test_evaluations_do_not_leak():
    programs = [f"def p(I):\n    return replace(I, 1, {k})\n" for k in range(10)]

    def evaluations(n):
        for _ in range(n):
            outcomes = arcbatch.evaluate(programs, TASKS, jobs=2)
            assert len([o.grid for o in outcomes]) == 40
            with pytest.raises(arcbatch.ProgramError):
                arcbatch.compile("def f(:")

    evaluations(30)
    before = resident_kib()
    evaluations(EVALUATIONS)
    grown = resident_kib() - before
    print(f"{EVALUATIONS} evaluations: {grown} KiB more")
    assert grown < 8192


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs /proc")
def test_sessions_do_not_leak():
    with arcbatch.Session(TASKS, jobs=2) as session:

        def programs(n):
            for k in range(n):
                session.submit(f"def p(I):\n    return replace(I, 1, {k % 10})\n")
                if k % 50 == 49:
                    assert all(len(list(r.functions[0])) == 4 for r in session)

        programs(500)
        before = resident_kib()
        programs(3000)
        assert resident_kib() - before < 8192


def command(*arguments, **kwargs):
    return subprocess.run(
        [sys.executable, "-m", "arcbatch", *arguments],
        capture_output=True, text=True, check=False, timeout=300, **kwargs,
    )  # fmt: skip


def test_command_line(tmp_path):
    version = command("--version")
    assert (version.returncode, version.stdout) == (0, f"arcbatch {arcbatch.__version__}\n")
    run = command("run", "--jsonl", str(tmp_path / "cli.jsonl"))
    assert run.returncode == 0, run.stderr
    arcbatch.evaluate().to_jsonl(tmp_path / "package.jsonl")
    assert (tmp_path / "package.jsonl").read_bytes() == (tmp_path / "cli.jsonl").read_bytes()
    request = '{"source": "def f(x):\\n    return increment(x)", "args": [41]}\n'
    answer = command("eval", "--jsonl", input=request)
    assert '"value": "42"' in answer.stdout or '"value":"42"' in answer.stdout
    assert command("nonsense").returncode == 2
    for arguments in (["bench"], ["bench", "--help"], ["bench", "primitives", "--json", "x"]):
        bench = command(*arguments)
        assert (bench.returncode, bench.stdout, bench.stderr.count("\n")) == (1, "", 1)
        assert "bench is not in the Python package" in bench.stderr
    missing = command("run", "--programs", os.path.join(ROOT, "nothing.py"))
    assert missing.returncode == 1 and "nothing.py" in missing.stderr
