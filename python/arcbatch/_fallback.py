"""CPython for what the engine refuses: `evaluate(fallback="python")`."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import inspect
import json
import os
import queue
import selectors
import subprocess
import sys
import threading
import types
from collections.abc import Iterable
from typing import Any

from ._errors import ProgramError
from ._outcomes import Fallbacks, Outcome
from ._program import Program, _expand, _function_source, _read
from ._tasks import Tasks

_SECONDS = 10.0  # of a run, unless given
_MEMORY = 4 << 30  # of a worker, unless given

_ENDED = {"status": "resource", "reason": "the process of Python ended"}

# The text of a function that the engine refuses when it runs.
_REFUSED = "    return 99999999999999999999\n"


@dataclasses.dataclass(frozen=True)
class Source:
    """A program as CPython gets it: by its module's name, or as text."""

    module: str | None
    file: str
    text: str
    reason: str | None = None  #: Why it is beyond the engine's subset, if it is.


def compile_or_refuse(programs: Any) -> tuple[list[Program], dict[int, Source]]:
    """The programs of anything that `evaluate()` takes, and what CPython needs of each.

    What is beyond the engine's subset becomes a program whose functions are refused. ProgramError
    where a text is not even Python.
    """
    single = isinstance(programs, (str, os.PathLike, Program, types.ModuleType))
    items = [programs] if single or callable(programs) else programs
    compiled: list[Program] = []
    sources: dict[int, Source] = {}
    for item in items:
        for program, source in _programs(item):
            sources[len(compiled)] = source
            compiled.append(program)
    return compiled, sources


def _programs(item: Any) -> Iterable[tuple[Program, Source]]:
    try:
        for program in _expand(item):
            yield program, _source_of(item, program.source, program.file)
    except ProgramError as error:
        if isinstance(item, types.FunctionType):
            text, file = _function_source(item)
        elif isinstance(item, types.ModuleType):
            text, file = inspect.getsource(item), item.__file__ or item.__name__
        elif isinstance(item, (str, os.PathLike)):
            path = os.fspath(item)
            if os.path.isdir(path):
                raise TypeError(
                    f"{path}: with fallback='python', name the files, since one of them is "
                    f"beyond the subset ({error.filename})"
                ) from error
            is_path = not isinstance(item, str) or ("\n" not in path and path.endswith(".py"))
            text, file = (_read(path), path) if is_path else (path, "<string>")
        else:
            raise
        source = dataclasses.replace(_source_of(item, text, file), reason=error.msg)
        yield Program(_refused(text, error), file), source


def _source_of(item: Any, text: str, file: str) -> Source:
    module = None
    if isinstance(item, types.ModuleType):
        module = item.__name__
    elif isinstance(item, types.FunctionType) and "<locals>" not in item.__qualname__:
        module = item.__module__
    # The main program is not run again for its functions.
    return Source(None if module == "__main__" else module, file, text)


def _refused(text: str, error: ProgramError) -> str:
    """A program with the functions of a text, each of which the engine refuses."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        raise error from None
    functions = []
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef):
            continue
        rest = node.args
        if rest.posonlyargs or rest.kwonlyargs or rest.vararg or rest.kwarg or rest.defaults:
            continue
        names = ", ".join(a.arg for a in rest.args)
        functions.append(f"def {node.name}({names}):\n{_REFUSED}")
    if not functions:
        raise error
    return "\n".join(functions)


class _Worker:
    """One process, started anew after it was killed. Of one thread, but for kill()."""

    def __init__(self, memory: int, stop: threading.Event):
        self._memory = memory
        self._stop = stop
        self._process: subprocess.Popen[str] | None = None

    def _start(self) -> subprocess.Popen[str]:
        if self._process is None:
            # Where this process finds modules, the worker does.
            paths = os.pathsep.join(p for p in sys.path if p)
            environment = {**os.environ, "PYTHONPATH": paths}
            self._process = subprocess.Popen(
                [sys.executable, "-m", "arcbatch._fallback_worker", str(self._memory)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                text=True, encoding="utf-8", env=environment, start_new_session=True,
            )  # fmt: skip
            # Until it answers, it has not begun: starting is not the run's time.
            self._exchange({}, 60.0)
        return self._process

    def _exchange(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
        except OSError:
            return _ENDED
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(seconds):
                return {"status": "resource", "reason": f"no answer of Python within {seconds:g} s"}
        line = process.stdout.readline()
        return json.loads(line) if line.endswith("\n") else _ENDED

    def run(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer; status "resource" where there is none in time, or the process ends."""
        self._start()
        answer = _ENDED if self._stop.is_set() else self._exchange(request, seconds)
        if answer["status"] == "resource":
            self.close()
        return {"seconds": seconds, "reason": "Python ran out of memory", **answer}

    def kill(self) -> None:
        """Ends what is under way, from another thread."""
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """Ends the process."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # what was not sent is lost
                if pipe is not None:
                    pipe.close()
        self._process = None


def run_refused(
    refused: list[tuple[int, Outcome]],
    programs: list[Program],
    sources: dict[int, Source],
    tasks: Tasks,
    *,
    jobs: int,
    max_seconds: float | None,
    max_memory: int | None,
) -> Fallbacks:
    """Runs what the engine refused in CPython."""
    if not refused:
        return Fallbacks({}, {})
    pairs = {task["id"]: task["train"] for task in tasks}
    waiting: queue.SimpleQueue[tuple[int, Outcome]] = queue.SimpleQueue()
    for item in refused:
        waiting.put(item)
    done: dict[int, Outcome] = {}
    reasons: dict[int, str] = {}
    stop = threading.Event()
    failures: list[BaseException] = []
    workers = [_Worker(max_memory or _MEMORY, stop) for _ in range(min(jobs, len(refused)))]

    def work(worker: _Worker, ended: threading.Event) -> None:
        try:
            while not stop.is_set():
                row, outcome = waiting.get_nowait()
                source = sources[outcome.source]
                outcome = dataclasses.replace(outcome, reason=source.reason or outcome.reason)
                request = _request(outcome, programs[outcome.source], source,
                                   pairs[outcome.task or ""])  # fmt: skip
                answer = worker.run(request, max_seconds or _SECONDS)
                if answer["status"] == "refused":
                    done[row] = outcome
                else:
                    reasons[row] = outcome.reason or ""
                    done[row] = _outcome(outcome, answer)
        except queue.Empty:
            pass
        except BaseException as error:  # noqa: BLE001, raised by the caller's thread
            failures.append(error)
            stop.set()
        finally:
            worker.close()
            ended.set()

    # Not Thread.join(), which after an interrupt takes a thread for ended that is not.
    all_ended = [threading.Event() for _ in workers]
    for pair in zip(workers, all_ended):
        threading.Thread(target=work, args=pair, daemon=True).start()
    try:
        for ended in all_ended:
            ended.wait()
    finally:
        stop.set()
        for worker in workers:
            worker.kill()
        for ended in all_ended:
            ended.wait()
    if failures:
        raise failures[0]
    return Fallbacks(done, reasons)


def _request(
    outcome: Outcome, program: Program, source: Source, train: list[dict[str, Any]]
) -> dict[str, Any]:
    parameters = program.functions[outcome.program].required
    grid = tuple(map(tuple, outcome.input or ()))
    pairs = tuple((tuple(map(tuple, p["input"])), tuple(map(tuple, p["output"])))
                  for p in train if "output" in p)  # fmt: skip
    expected = outcome.expected
    known = None if expected is None else tuple(map(tuple, expected))
    c = known if outcome.compared else None
    arguments = {1: (grid,), 2: (pairs, grid), 3: (pairs, grid, c),
                 4: (None, pairs, grid, c), 5: (None, pairs, grid, c, None)}[parameters]  # fmt: skip
    return {
        "module": source.module,
        "file": source.file,
        "source": source.text,
        "function": outcome.program,
        "arguments": repr(arguments),
        "expected": None if known is None else repr(known),
    }


def _outcome(refused: Outcome, answer: dict[str, Any]) -> Outcome:
    is_resource = answer["status"] == "resource"
    return dataclasses.replace(
        refused,
        status=answer["status"],
        value=answer.get("value"),
        match=(None if refused.expected is None else False) if is_resource else answer["match"],
        error=answer.get("error"),
        line=answer.get("line"),
        statement=answer.get("statement"),
        reason=answer["reason"] if is_resource else None,
        steps=0,
        output=None,
        seconds=answer["seconds"],
        score=None,
    )
