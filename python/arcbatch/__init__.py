"""arcbatch runs programs of the ARC-AGI DSL with the outcomes of CPython, many times faster.

    import arcbatch

    outcomes = arcbatch.evaluate("solvers.py", "data/training")
    print(outcomes.summary())

`compile()` makes a Program of source text, a file, a function or a module; `evaluate()` runs
programs on tasks; `load_tasks()` reads tasks. docs/python.md of the repository tells more.
"""

from __future__ import annotations

from . import _core
from ._batch_context import BatchContext, OperationStats, batch_context
from ._batch_run import BatchRun
from ._batt import run_batt
from ._deferred import Deferred, Flushes
from ._errors import (
    BackendError,
    Interrupted,
    LimitError,
    Message,
    ProgramError,
    TaskError,
    UnsupportedError,
    VerifyError,
)
from ._evaluate import evaluate
from ._grid import Grid
from ._outcomes import Outcome, Outcomes, Score
from ._program import Function, Program, compile  # noqa: A004
from ._session import (
    CompactProgram,
    FunctionReport,
    Report,
    Session,
    SessionCounts,
    primitive_numbers,
    reference,
)
from ._summary import Backend, Summary
from ._tasks import Tasks, load_tasks
from ._values import FrozenSetValue, TupleValue, to_python

__version__: str = _core.version

__all__ = [
    "Backend",
    "BackendError",
    "BatchContext",
    "BatchRun",
    "CompactProgram",
    "Deferred",
    "Flushes",
    "FrozenSetValue",
    "Function",
    "FunctionReport",
    "Grid",
    "Interrupted",
    "LimitError",
    "Message",
    "OperationStats",
    "Outcome",
    "Outcomes",
    "Program",
    "ProgramError",
    "Report",
    "Score",
    "Session",
    "SessionCounts",
    "Summary",
    "TaskError",
    "Tasks",
    "TupleValue",
    "UnsupportedError",
    "VerifyError",
    "batch_context",
    "compile",
    "evaluate",
    "load_tasks",
    "primitive_numbers",
    "reference",
    "run_batt",
    "to_python",
]
