"""The exceptions of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ._outcomes import Outcomes


class Message(NamedTuple):
    """What the compiler says about one place of a program's text.

    `line` and `column` count from 1, the column in characters; `text` is the source line.
    """

    file: str
    line: int
    column: int
    msg: str
    text: str


class ProgramError(SyntaxError):
    """A program's text is not Python, or goes beyond the subset that arcbatch runs.

    Has what a SyntaxError has (`filename`, `lineno`, `offset`, `text`, `msg`), for the first
    error; `errors` has all of them.
    """

    def __init__(self, errors: list[Message]):
        first = errors[0]
        super().__init__(first.msg, (first.file, first.line, first.column, first.text))
        self.errors = errors


class TaskError(ValueError):
    """A task cannot be used.

    `file`, `line` and `column` (from 1; 0 where they mean nothing) say where, for a task that
    was read from a file; `errors` lists what is wrong with all files, as text.
    """

    def __init__(self, errors: list[str], file: str = "", line: int = 0, column: int = 0):
        super().__init__("\n".join(errors))
        self.errors = errors
        self.file = file
        self.line = line
        self.column = column


class BackendError(RuntimeError):
    """The backend that was asked for cannot run here; the message says why."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C ended `evaluate`; `outcomes` has the runs that were done by then.

    A subclass of KeyboardInterrupt, so that what catches that catches this.
    """

    def __init__(self, outcomes: Outcomes):
        super().__init__(f"interrupted after {len(outcomes)} of {outcomes.planned} runs")
        self.outcomes = outcomes


class LimitError(RuntimeError):
    """A call of arcbatch.dsl ended at one of the engine's limits, which the message names."""


class UnsupportedError(RuntimeError):
    """A call of arcbatch.dsl is beyond what the engine does exactly; the message says why."""


class VerifyError(AssertionError):
    """A batch context that verifies found the engine and the user's function to differ."""
