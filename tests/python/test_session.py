"""arcbatch.Session, programs as arrays, backends and results files."""

import json
import random
import subprocess
import sys
import textwrap
import threading

import pytest

import arcbatch

CANDIDATES = [f"def f(I):\n    return {name}(I)\n" for name in ("hmirror", "vmirror", "rot90")]
LOOP = (
    "def f(I):\n"
    "    x1 = interval(0, 300, 1)\n"
    "    return apply(compose(size, lbind(product, x1)), repeat(x1, 60))\n"
)
TASK = {"train": [{"input": [[1]], "output": [[1]]}], "test": []}


def test_reports_are_the_outcomes_of_evaluate():
    with arcbatch.Session(score=True, jobs=2) as session:
        assert session.submit_all(CANDIDATES) == [1, 2, 3]
        reports = list(session)
    assert [report.ticket for report in reports] == [1, 2, 3]
    expected = arcbatch.evaluate(CANDIDATES, score=True)
    got = [outcome for report in reports for f in report.functions for outcome in f]
    assert len(got) == len(expected)
    for ours, theirs in zip(got, expected):
        names = ("program", "task", "split", "index", "status", "value", "match", "steps",
                 "output", "score", "input", "expected")  # fmt: skip
        assert all(getattr(ours, name) == getattr(theirs, name) for name in names)
    function = reports[0].functions[0]
    assert function.matched == sum(o.match for o in function)
    assert function[-1] == list(function)[-1] and function[:2] == list(function)[:2]
    assert len({report.functions[0].behaviour for report in reports}) == 3
    with pytest.raises(IndexError):
        function[len(function)]


def test_programs_of_every_form(tmp_path, source):
    path = tmp_path / "p.py"
    path.write_text(source)
    compact = arcbatch.CompactProgram.of(CANDIDATES[0])
    with arcbatch.Session() as session:
        session.submit_all([source, path, str(path), arcbatch.compile(source), compact])
        reports = list(session)
    assert [[f.name for f in r.functions] for r in reports[:4]] == [
        [f.name for f in reports[0].functions]
    ] * 4
    assert [f.name for f in reports[4].functions] == ["solve"]


def test_errors_are_reported():
    with arcbatch.Session() as session:
        session.submit("def f(I):\n    while True: pass\n")
        report = session.wait()
        assert report.functions == []
        assert (report.errors[0].line, report.errors[0].text) == (2, "    while True: pass")
        with pytest.raises(arcbatch.ProgramError) as caught:
            report.check()
        assert caught.value.lineno == 2
        assert session.wait() is None
        session.submit(CANDIDATES[0])
        assert session.wait().check().functions[0].name == "f"


def test_polling_and_timeouts():
    with arcbatch.Session(TASK, jobs=1) as session:
        assert session.poll() is None and session.wait(0) is None and session.pending == 0
        session.submit(LOOP)
        assert session.wait(0) is None and session.pending == 1
        for timeout in (-1, float("nan")):
            with pytest.raises(ValueError, match="timeout"):
                session.wait(timeout)
    assert session.pending == 0
    session.close()
    for method in (session.poll, session.wait, lambda: session.submit("x")):
        with pytest.raises(ValueError, match="closed"):
            method()


def test_a_thread_that_waits_sees_the_end():
    session = arcbatch.Session(TASK, jobs=1)
    session.submit(LOOP)
    ended = []

    def wait():
        try:
            ended.append(session.wait())
        except ValueError as error:
            ended.append(str(error))

    thread = threading.Thread(target=wait)
    thread.start()
    session.close()
    thread.join(60)
    assert ended and ended[0] is None or ended == ["the session is closed"] or ended[0].ticket == 1


def test_an_interrupt_ends_waiting():
    code = """
    import os, signal, threading, time, arcbatch
    session = arcbatch.Session({task!r}, jobs=1)
    session.submit({loop!r})
    threading.Thread(target=lambda: (time.sleep(0.3), os.kill(os.getpid(), signal.SIGINT))).start()
    try:
        session.wait()
        print("not interrupted", flush=True)
    except KeyboardInterrupt:
        print("interrupted", session.pending, flush=True)
    os._exit(0)
    """
    loop = LOOP.replace("60)", "4000)")
    text = textwrap.dedent(code).format(loop=loop, task=TASK)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=120)
    assert done.stdout == "interrupted 1\n", done.stderr


def test_bad_arguments():
    for options, error in (({"jobs": 0}, ValueError), ({"max_steps": -1}, ValueError),
                           ({"backend": "cuda"}, arcbatch.BackendError)):  # fmt: skip
        with pytest.raises(error):
            arcbatch.Session(**options)
    with arcbatch.Session() as session, pytest.raises(TypeError):
        session.submit(7)


def test_the_emulated_backend_of_a_session():
    texts = [f"def f(I):\n    return power(vmirror, {k})(I)\n" for k in range(8)]
    texts.append("def f(I):\n    return I[99]\n")
    reports = {}
    for backend in ("cpu", "emulated"):
        with arcbatch.Session(TASK, backend=backend, gather_programs=4, jobs=2) as session:
            session.submit_all(texts)
            reports[backend] = [
                (report.ticket, [(f.name, f.behaviour, list(f)) for f in report.functions])
                for report in session
            ]
            counts, devices = session.counts(), session.devices
    assert reports["cpu"] == reports["emulated"]
    assert devices == ("emulated",) and counts.device_runs + counts.cpu_runs > 0
    assert counts.device_runs == sum(len(f[2]) for r in reports["cpu"] for f in r[1])
    with pytest.raises(ValueError, match="no backend is called 'tpu'"):
        arcbatch.Session(TASK, backend="tpu")


def test_compact_programs():
    numbers = arcbatch.primitive_numbers()
    kind = arcbatch.CompactProgram
    code = [
        arcbatch.reference(kind.PRIMITIVE, numbers["ofcolor"]), 2, 0,
        arcbatch.reference(kind.CONSTANT, 0),
        arcbatch.reference(kind.PRIMITIVE, numbers["fill"]), 3, 0,
        arcbatch.reference(kind.CONSTANT, 1), arcbatch.reference(kind.RESULT, 1),
    ]  # fmt: skip
    program = kind(code, (3, 8), arcbatch.reference(kind.RESULT, 2))
    assert program.to_text("g") == (
        "def g(I):\n    x1 = ofcolor(I, 3)\n    x2 = fill(I, 8, x1)\n    return x2\n"
    )
    again = kind.of(program.to_text())
    assert again == program and hash(again) == hash(program)
    numpy = pytest.importorskip("numpy")
    assert again.code.dtype == numpy.int32
    for array in (numpy.array(code), numpy.array(code, numpy.int32)[::1], tuple(code)):
        assert kind(array, (3, 8), 8) == program
    assert kind(code, (3, True), 8) != kind(code, (3, 1), 8)
    for bad, error in (
        (kind([1 << 40]), OverflowError),
        (kind(numpy.array([0.5])), TypeError),
        (kind([999999, 0]), ValueError),
        (kind(code[:-1], (3, 8), 8), ValueError),
        (kind([], (frozenset(),)), TypeError),
    ):
        with pytest.raises(error):
            bad.to_text()
    with pytest.raises(ValueError, match="line"):
        kind.of("def f(I):\n    return apply(lambda x: x, I)\n")
    with pytest.raises(KeyError):
        kind.of(CANDIDATES[0], "g")


def test_random_programs_in_both_forms():
    rng = random.Random(4)
    grids = [n for n in ("rot90", "rot180", "hmirror", "vmirror", "dmirror", "trim", "tophalf")]
    texts = []
    for _ in range(60):
        lines = ["def f(I):", "    x0 = identity(I)"]
        for k in range(rng.randint(1, 5)):
            lines.append(f"    x{k + 1} = {rng.choice(grids)}(x{rng.randint(0, k)})")
        texts.append("\n".join([*lines, f"    return x{len(lines) - 2}", ""]))
    with arcbatch.Session(jobs=2) as session:
        session.submit_all(texts)
        session.submit_all(arcbatch.CompactProgram.of(text) for text in texts)
        reports = [report.functions[0].behaviour for report in session]
    assert reports[:60] == reports[60:] and None not in reports
    assert len(set(reports)) > 10


def test_the_emulated_backend_changes_nothing():
    expected = arcbatch.evaluate(score=True)
    outcomes = arcbatch.evaluate(backend="emulated", jobs=2, score=True)
    assert list(outcomes) == list(expected)
    backend = outcomes.backend
    assert (backend.asked, backend.name, backend.reason) == ("emulated", "emulated", None)
    assert backend.runs + sum(backend.left.values()) == len(outcomes) and backend.runs > 0
    assert backend.bytes_up > 0 and backend.launches > 0 and backend.lost == ()
    assert "by devices" in str(outcomes.summary())
    # The devices are kept, and others are made for those who come meanwhile.
    seen = []
    threads = [
        threading.Thread(
            target=lambda: seen.append(list(arcbatch.evaluate(backend="emulated", score=True)))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [list(expected)] * 4


def test_results_files(tmp_path):
    path = tmp_path / "runs.sqlite"
    outcomes = arcbatch.evaluate(score=True)
    outcomes.save(path)
    with pytest.raises(RuntimeError, match="exists"):
        outcomes.save(path)
    with pytest.raises(ValueError, match="all runs"):
        outcomes[1:].save(tmp_path / "part.sqlite")

    def command(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "arcbatch", *arguments],
            capture_output=True, text=True, check=True, cwd=tmp_path,
        )  # fmt: skip

    outcomes.to_jsonl(tmp_path / "ours.jsonl")
    command("export", str(path), "--jsonl", "exported.jsonl")
    ours, exported = ((tmp_path / n).read_bytes() for n in ("ours.jsonl", "exported.jsonl"))
    assert ours == exported and ours.count(b"\n") == len(outcomes)
    assert "30 of 30 solved" in command("report", str(path)).stdout


def test_an_unfinished_results_file_is_resumed(tmp_path, monkeypatch):
    programs = [CANDIDATES[0].replace("f(", f"f{k}(") for k in range(3000)]
    (tmp_path / "p.py").write_text("".join(programs))
    task = {"train": [{"input": [[1, 2], [3, 4]], "output": [[3, 4], [1, 2]]}] * 3, "test": []}
    (tmp_path / "t.json").write_text(json.dumps(task))

    monkeypatch.chdir(tmp_path)
    outcomes = arcbatch.evaluate("p.py", "t.json", jobs=1, share=False, time_limit=1e-6)
    assert len(outcomes) < outcomes.planned == 9000
    outcomes.save("runs.sqlite")
    done = subprocess.run(
        [sys.executable, "-m", "arcbatch", "resume", "runs.sqlite"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "9000 in all" in done.stdout
