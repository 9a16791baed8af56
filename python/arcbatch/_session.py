"""The engine as a long-lived object: programs are submitted as they come."""

from __future__ import annotations

import array
import dataclasses
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, overload

from . import _core
from ._errors import Message, ProgramError
from ._evaluate import BACKENDS, COMPARISONS, Comparison, no_comparison
from ._outcomes import Outcome
from ._program import Dialect, _messages, _read, compile
from ._tasks import TasksLike, load_tasks

_KIND_BITS = 2


@dataclasses.dataclass(frozen=True)
class CompactProgram:
    """A straight-line function of the input as arrays of ints, for programs that write programs.

    Statement k, from 1 on, makes x<k>; x0 is the input. `code` has, for every statement, a reference
    to what is called, the number of arguments, and a reference for each argument. A reference is
    4 * number + kind: kind RESULT is x<number>, CONSTANT is constants[number], PRIMITIVE is the
    primitive of that number (see `primitive_numbers()`), and FORM stands only as what is called: 0
    makes a tuple of the arguments, 1 is a[b] with a constant int b. `returned` is a reference too.
    """

    RESULT = 0
    CONSTANT = 1
    PRIMITIVE = 2
    FORM = 3

    code: Any  #: Ints of 32 bits: a NumPy array or another sequence.
    constants: tuple[Any, ...] = ()  #: None, bools, ints, and tuples of such.
    returned: int = 0

    def to_text(self, name: str = "solve") -> str:
        """The function as text. ValueError for references to what is not there, and where it is."""
        return _core.compact_text(_bytes(self.code), tuple(self.constants), self.returned, name)

    @classmethod
    def of(cls, program: Any, function: str | None = None) -> CompactProgram:
        """A function of a program as arrays; `program` is what `compile()` takes.

        Nested calls become statements of their own. ValueError, saying why, for what arrays cannot
        say: other parameters than one, keywords, lambdas, tuple unpacking, other functions of the
        file. KeyError if there is no such function; `function` may be left out if there is one.
        `code` is a NumPy array if NumPy is there, else an array.array.
        """
        compiled = compile(program)
        if function is None:
            if len(compiled.functions) != 1:
                raise ValueError(f"{compiled.file} has {len(compiled.functions)} functions: say which")
            function = next(iter(compiled.functions))
        if function not in compiled.functions:
            raise KeyError(f"{compiled.file} has no function {function!r}")
        code, constants, returned = _core.compact_of(compiled.source, function)
        return cls(_ints(code), constants, returned)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CompactProgram):
            return NotImplemented
        mine = (_bytes(self.code), repr(self.constants), self.returned)
        return mine == (_bytes(other.code), repr(other.constants), other.returned)

    def __hash__(self) -> int:
        return hash((_bytes(self.code), repr(self.constants), self.returned))


def primitive_numbers() -> dict[str, int]:
    """The numbers of the primitives in a CompactProgram, by name.

    They may change from one version of arcbatch to the next; names do not.
    """
    return {row[0]: number for number, row in enumerate(_core.registry())}


def reference(kind: int, number: int) -> int:
    """A reference of a CompactProgram."""
    return number << _KIND_BITS | kind


def _bytes(code: Any) -> bytes:
    """The memory of an array of 32-bit ints; OverflowError or TypeError for what is none."""
    if hasattr(code, "dtype") and hasattr(code, "tolist"):
        code = code.tolist()  # so that no bits are lost unseen
    return array.array("i", code).tobytes()


def _ints(code: bytes) -> Any:
    values = array.array("i", code)
    try:
        import numpy
    except ImportError:
        return values
    return numpy.array(values, dtype=numpy.int32)


class FunctionReport(Sequence[Outcome]):
    """What one function did: a sequence of its outcomes, made when they are asked for."""

    __slots__ = ("_core", "_number", "_runs", "behaviour", "fingerprint", "matched", "name", "size")

    #: The function's name.
    name: str
    #: Equal for functions that differ in names and layout alone.
    fingerprint: str
    #: Calls, tuples and subscripts.
    size: int
    #: Equal for functions that did the same on these tasks; None if a run ended as "resource".
    behaviour: str | None
    #: Runs that returned the expected output without being given it as C.
    matched: int

    def __init__(self, core: _core.Report, number: int, fields: tuple[Any, ...]):
        self._core = core
        self._number = number
        (self.name, self.fingerprint, self.size, self.behaviour, self._runs, self.matched) = fields

    def __len__(self) -> int:
        return self._runs

    @overload
    def __getitem__(self, key: int) -> Outcome: ...
    @overload
    def __getitem__(self, key: slice) -> list[Outcome]: ...

    def __getitem__(self, key: int | slice) -> Outcome | list[Outcome]:
        if isinstance(key, slice):
            return [self._outcome(k) for k in range(*key.indices(self._runs))]
        return self._outcome(range(self._runs)[key])

    def __iter__(self) -> Iterator[Outcome]:
        return map(self._outcome, range(self._runs))

    def _outcome(self, number: int) -> Outcome:
        (task, split, index, status, value, match, error, line, statement, reason, steps, output,
         score, compared, example) = self._core.run(self._number, number)  # fmt: skip
        return Outcome(
            program=self.name,
            source=self._core.ticket,
            file=f"<program {self._core.ticket}>",
            task=task,
            split=split,
            index=index,
            status=status,
            value=value,
            match=match,
            error=error,
            line=line,
            statement=statement,
            reason=reason,
            steps=steps,
            output=output,
            seconds=0.0,
            score=score,
            compared=compared,
            example=example,
        )

    def __repr__(self) -> str:
        return f"<arcbatch.FunctionReport {self.name}: {self.matched} of {len(self)} match>"


class Report:
    """What a program that was submitted came to."""

    __slots__ = ("_core", "functions", "ticket")

    #: What `submit()` returned.
    ticket: int
    #: A report of every function that takes an example, in the order of the text.
    functions: list[FunctionReport]

    def __init__(self, core: _core.Report):
        self._core = core
        self.ticket = core.ticket
        self.functions = [FunctionReport(core, k, f) for k, f in enumerate(core.functions)]

    @property
    def errors(self) -> list[Message]:
        """What is wrong with the text, if it does not compile; then there are no functions."""
        return _messages(self._core.errors)

    def check(self) -> Report:
        """This report; ProgramError if the text does not compile."""
        if self.errors:
            raise ProgramError(self.errors)
        return self

    def __repr__(self) -> str:
        what = f"{len(self.errors)} errors" if self.errors else f"{len(self.functions)} functions"
        return f"<arcbatch.Report {self.ticket}: {what}>"


class SessionCounts(NamedTuple):
    """What devices did for a session."""

    device_runs: int  #: Runs that devices decided.
    cpu_runs: int  #: Runs that they left to the processor.
    slices: int  #: Of programs that were gathered.
    launches: int
    bytes_up: int
    bytes_down: int


class Session:
    """The engine with tasks that stay and workers of its own, for programs as they come.

        with arcbatch.Session("data/training") as session:
            for text in candidates:
                session.submit(text)
            for report in session:
                print(report.ticket, report.functions[0].matched)

    Reports come in the order of tickets. Programs that wait together are evaluated together, and
    what they have in common is done once; no outcome depends on it. All methods may be called by
    several threads at once.
    """

    def __init__(
        self,
        tasks: TasksLike = None,
        *,
        backend: Literal["auto", "cpu", "cuda", "emulated"] = "cpu",
        jobs: int | None = None,
        max_steps: int | None = None,
        max_bytes: int | None = None,
        max_memory: int | None = None,
        score: bool = False,
        dialect: Dialect = "arc-dsl",
        comparison: Comparison = "none",
        gather_programs: int = 0,
        gather_seconds: float = 0.005,
    ):
        """Starts the workers. Arguments are those of `evaluate()`, and for devices besides:

        gather_programs
            How many programs are worth a launch; 0 stands for as many as keep the device busy.
        gather_seconds
            How long a program waits at most until there are so many.
        """
        if backend not in BACKENDS:
            raise ValueError(f"no backend is called {backend!r}: there are {', '.join(BACKENDS)}")
        if not (isinstance(gather_programs, int) and 0 <= gather_programs < 1 << 31):
            raise ValueError(f"gather_programs must be an int from 0 on, not {gather_programs!r}")
        if not 0 <= gather_seconds <= 3600:
            raise ValueError(f"gather_seconds must be from 0 to 3600, not {gather_seconds!r}")
        if jobs is not None and (not isinstance(jobs, int) or not 1 <= jobs <= 4096):
            raise ValueError(f"jobs must be an int from 1 to 4096, not {jobs!r}")
        if comparison not in COMPARISONS:
            raise ValueError(no_comparison(comparison))
        given = {"max_steps": max_steps, "max_bytes": max_bytes, "max_memory": max_memory}
        options = {name: value for name, value in given.items() if value is not None}
        self.tasks = load_tasks(tasks)
        self._dialect: Dialect = dialect
        self._core = _core.Session(
            self.tasks._core, options, jobs or 0, score, backend, gather_programs, gather_seconds,
            dialect, comparison,
        )  # fmt: skip

    def submit(self, program: Any, *, name: str = "solve") -> int:
        """Adds a program and returns its ticket, 1 for the first. Does not wait.

        `program` is what `compile()` takes, or a CompactProgram, whose function is called `name`.
        Text is compiled by the workers: what is wrong with it is said by the report's `errors`.
        """
        return self._core.submit(_text(program, name, self._dialect))

    def submit_all(self, programs: Iterable[Any], *, name: str = "solve") -> list[int]:
        """Adds programs and returns their tickets."""
        return [self.submit(program, name=name) for program in programs]

    def poll(self) -> Report | None:
        """The next report, or None if it is not ready."""
        return _report(self._core.poll())

    def wait(self, timeout: float | None = None) -> Report | None:
        """Waits for the next report, at most `timeout` seconds; None if no program is under way.

        The GIL is free meanwhile, and Ctrl-C ends the waiting.
        """
        if timeout is not None and not timeout >= 0:
            raise ValueError(f"timeout must be a number of seconds, not {timeout!r}")
        return _report(self._core.wait(-1.0 if timeout is None else float(timeout)))

    @property
    def devices(self) -> tuple[str, ...]:
        """The devices that evaluate, by name; none where the processor does."""
        return self._core.devices

    def counts(self) -> SessionCounts:
        """What devices have done until now. ValueError once the session is closed."""
        return SessionCounts(*self._core.counts())

    @property
    def pending(self) -> int:
        """The programs that were submitted and not yet reported; 0 once the session is closed."""
        return self._core.pending

    def __iter__(self) -> Iterator[Report]:
        """The reports, until no program is under way; programs may be submitted meanwhile."""
        while (report := self.wait()) is not None:
            yield report

    def close(self) -> None:
        """Drops what has not begun and waits for what has. May be called again."""
        self._core.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self._core.closed else f"{self.pending} pending"
        return f"<arcbatch.Session: {len(self.tasks)} tasks, {state}>"


def _report(core: _core.Report | None) -> Report | None:
    return None if core is None else Report(core)


def _text(program: Any, name: str, dialect: Dialect) -> str:
    if isinstance(program, CompactProgram):
        if dialect != "arc-dsl":
            raise ValueError("programs as arrays are of the dialect arc-dsl")
        return program.to_text(name)
    if isinstance(program, str) and ("\n" in program or not program.endswith(".py")):
        return program
    if isinstance(program, (str, os.PathLike)):
        return _read(os.fspath(program))
    return compile(program, dialect=dialect).source
