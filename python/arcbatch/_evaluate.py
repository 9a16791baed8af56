"""Evaluating programs on tasks."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal, Union

from . import _core
from ._errors import BackendError, Interrupted
from ._fallback import compile_or_refuse, run_refused
from ._outcomes import Outcomes
from ._program import Dialect, compile_all
from ._tasks import TasksLike, load_tasks

logger = logging.getLogger("arcbatch")

Progress = Union[bool, Callable[[int, int], Any], None]

_PROGRESS_SECONDS = 1.0

Comparison = Literal["none", "expected", "both"]

COMPARISONS = ("none", "expected", "both")

BACKENDS = ("auto", "cpu", "cuda", "emulated")


def evaluate(
    programs: Any = None,
    tasks: TasksLike = None,
    *,
    backend: Literal["auto", "cpu", "cuda", "emulated"] = "auto",
    jobs: int | None = None,
    max_steps: int | None = None,
    max_bytes: int | None = None,
    max_seconds: float | None = None,
    max_memory: int | None = None,
    score: bool = False,
    share: bool = True,
    dialect: Dialect = "arc-dsl",
    comparison: Comparison = "none",
    progress: Progress = None,
    time_limit: float | None = None,
    fallback: Literal["python"] | None = None,
) -> Outcomes:
    """Runs programs on the examples of tasks and returns the outcomes in the canonical order.

    programs
        Anything that `compile()` takes, a folder of .py files, or a list of these. None stands for
        the examples built into the package.
    tasks
        What `load_tasks()` takes.
    backend
        "cpu" is the processor, "cuda" NVIDIA GPUs: BackendError says why where they cannot be used.
        "auto" takes GPUs where they can be used, else the processor, and `Outcomes.backend` says
        why. "emulated" is the driver and the worker of "cuda" on threads, for tests. Changes no
        outcome. GPUs stay open from one evaluation to the next.
    jobs
        Worker threads; one for every core unless given. Changes no outcome.
    max_steps, max_bytes
        Logical budgets of one run, beyond which it ends as `limit`: 400,000,000 steps and 4 GiB
        unless given. The same on every machine.
    max_seconds, max_memory
        Wall-clock seconds (no limit unless given) and bytes of memory (8 GiB unless given) of one
        run, beyond which it ends as `resource`. Devices look at the clock when a run is over.
    score
        Whether outcomes get a `score`.
    share
        Whether statements that programs have in common are run once for every example, which
        changes no outcome. Runs that share have no time of their own: their `seconds` are 0.
        Nothing is shared with `max_seconds`. Functions share with those that come before and after
        them and run on the same tasks.
    dialect
        The language of the programs, as for `compile()`. Devices do "arc-dsl" alone.
    comparison
        What C is for functions that take it: None; with "expected" the expected output where that
        is known; with "both" such examples have two runs, the first with None. The second
        evaluates only what depends on C. `Outcome.compared` tells which it was; runs that were
        given the output count neither as matched nor for tasks solved in `summary()`. For the
        processor: "auto" takes it.
    progress
        True shows the progress on standard error: a bar if tqdm is installed, else a line a second.
        A function is called with the number of runs done and of all runs, at most twenty times a
        second; what it raises ends the evaluation.
    time_limit
        Seconds after which no more runs begin; the outcomes then are those of the runs done, with
        `end == "time limit"`.

    fallback
        "python" has CPython do the runs that the engine refuses (status "unsupported"), and those
        of programs beyond its subset, whose functions of one to three arguments are taken: each run
        in one of `jobs` processes, which is killed after `max_seconds` (10 unless given) and has
        `max_memory` (4 GiB unless given). They run your program as it stands, by importing its
        module if a function or a module was given, else from its text beside its file's folder,
        with your `dsl` and `constants` where they can be imported; a program can do there whatever
        Python can. `Outcomes.fallbacks` counts them. Their `steps` are 0, they have no `output` and
        no `score`; an order that depends on addresses is that of its process.

    A function named solve_<id> runs on the task <id>, any other one on every task. It takes one
    argument, the input I, or (S, I) or (S, I, C), where S is the tuple of the training pairs and C
    is None unless `comparison` says otherwise, or (task_id, S, I, C, log_path), of which the first
    and the last are None; other functions are passed over (`Outcomes.skipped`). The GIL is
    free while programs run.

    Ctrl-C lets the runs that were begun finish, then raises Interrupted, a KeyboardInterrupt, which
    has the outcomes of all runs done as `outcomes`.

    Raises ProgramError, TaskError, OSError and TypeError as `compile()` and `load_tasks()` do, and
    ValueError where there is nothing to run or an option is wrong.
    """
    if backend not in BACKENDS:
        raise ValueError(f"no backend is called {backend!r}: there are {', '.join(BACKENDS)}")
    if comparison not in COMPARISONS:
        raise ValueError(no_comparison(comparison))
    if dialect != "arc-dsl" and fallback is not None:
        raise ValueError(f"fallback is for arc-dsl, not for {dialect}")
    if dialect != "arc-dsl" or comparison != "none":
        if backend in ("cuda", "emulated"):
            raise ValueError(f"backend {backend!r} is for arc-dsl and for comparison 'none'")
        backend = "cpu"
    if fallback not in (None, "python"):
        raise ValueError(f"fallback must be None or 'python', not {fallback!r}")
    if jobs is not None and (not isinstance(jobs, int) or not 1 <= jobs <= 4096):
        raise ValueError(f"jobs must be an int from 1 to 4096, not {jobs!r}")
    if time_limit is not None and not time_limit > 0:
        raise ValueError(f"time_limit must be a positive number of seconds, not {time_limit!r}")
    if fallback is None or programs is None:
        compiled, texts = compile_all(programs, dialect), {}
    else:
        compiled, texts = compile_or_refuse(programs)
    loaded = load_tasks(tasks)
    given = {
        "max_steps": max_steps,
        "max_bytes": max_bytes,
        "max_seconds": max_seconds,
        "max_memory": max_memory,
    }
    options = {name: value for name, value in given.items() if value is not None}
    with _ticker(progress) as tick:
        results, raised = _core.evaluate(
            [program._core for program in compiled],
            loaded._core,
            options,
            jobs or _core.available_cores(),
            score,
            share,
            time_limit or 0.0,
            tick,
            backend,
            comparison,
        )
        if raised is None:
            tick(len(results), results.planned)
    outcomes = Outcomes(results, asked=backend, sources=(_paths(programs), _paths(tasks)))
    for loss in outcomes.backend.lost:
        logger.warning("A device was lost: %s", loss)
    if outcomes.backend.reason is not None:
        logger.info("Backend auto takes the processor: %s", outcomes.backend.reason)
    if isinstance(raised, KeyboardInterrupt):
        raise Interrupted(outcomes) from raised
    if raised is not None:
        raise raised
    if outcomes.planned == 0:
        raise ValueError("nothing to run: " + _why_nothing(results, len(loaded)))
    if not texts:
        return outcomes
    rows = [k for k, status in enumerate(outcomes.column("status")) if status == "unsupported"]
    fallbacks = run_refused(
        [(row, outcomes[row]) for row in rows],
        compiled,
        texts,
        loaded,
        jobs=jobs or _core.available_cores(),
        max_seconds=max_seconds,
        max_memory=max_memory,
    )
    return Outcomes(
        results, asked=backend, sources=(_paths(programs), _paths(tasks)), fallbacks=fallbacks
    )


def no_comparison(given: object) -> str:
    return f"no comparison is called {given!r}: there are {', '.join(COMPARISONS)}"


def _paths(given: Any) -> list[str]:
    """What was given, where it is paths and nothing else; else nothing."""
    items = [given] if isinstance(given, (str, os.PathLike)) else given
    if not isinstance(items, (list, tuple)):
        return []
    paths = [os.fspath(x) for x in items if isinstance(x, (str, os.PathLike))]
    are_paths = len(paths) == len(items) and all("\n" not in path for path in paths)
    return paths if are_paths else []


def _why_nothing(results: _core.Results, tasks: int) -> str:
    if results.candidates == 0:
        return "no function of one parameter in the programs"
    if tasks == 0:
        return "no task was given"
    return f"none of the {results.candidates} functions is named after one of the {tasks} tasks"


@contextlib.contextmanager
def _ticker(progress: Progress) -> Iterator[Callable[[int, int], Any]]:
    """What is called with the runs done and all runs, while the context lasts."""
    if progress is None or progress is False:
        yield lambda done, total: None
    elif callable(progress):
        yield progress
    else:
        try:
            import tqdm
        except ImportError:
            yield _Lines()
            return
        with tqdm.tqdm(unit=" runs", file=sys.stderr) as bar:

            def update(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            yield update


class _Lines:
    """Progress as plain lines on standard error."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _PROGRESS_SECONDS

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now >= self._next or done == total:
            self._next = now + _PROGRESS_SECONDS
            print(f"arcbatch: {done} of {total} runs", file=sys.stderr)
