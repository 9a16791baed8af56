"""What runs came to: one record a run, and the sequence of all."""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import html
import json
import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from . import _core
from ._grid import Grid, as_grid
from ._summary import Backend, Summary, totals_of

if TYPE_CHECKING:
    import numpy
    import pandas

_ROWS_SHOWN = 20
_CHUNK = 4096


class Score(NamedTuple):
    """How near an output came to the expected grid, each measure from 0 to 1.

    `shape` is the lesser height over the greater, times the same of the widths; `cells` the equal
    cells over the larger area; `palette` the colours of both over the colours of either. An output
    that matches has 1 in all of them, one that is no grid 0.
    """

    shape: float
    cells: float
    palette: float

    @property
    def total(self) -> float:
        """The mean of the three."""
        return (self.shape + self.cells + self.palette) / 3


@dataclasses.dataclass(slots=True)
class Outcome:
    """How one run ended. What does not apply is None.

    Two outcomes are equal if they differ in nothing but `seconds`.
    """

    program: str  #: The function's name.
    source: int  #: The number of its program among those given to `evaluate()`.
    file: str  #: The name of that program.
    task: str | None  #: The task's id; None after a call.
    split: str | None  #: "train" or "test".
    index: int | None  #: Of the example within its split, from 0.
    status: str  #: "value", "error", "limit", "resource" or "unsupported".
    value: str | None  #: repr() of the returned value, as CPython prints it.
    match: bool | None  #: Whether it equals the expected output; None where that is not known.
    error: str | None  #: The class of the exception, as CPython raises it.
    line: int | None  #: Of the statement that ended the run.
    statement: str | None  #: That statement's text.
    reason: str | None  #: Of a status other than "value" and "error".
    steps: int  #: Logical steps charged: the same on every machine.
    output: str | None  #: Equal for equal values, classes of errors, reasons; not for "resource".
    seconds: float = dataclasses.field(compare=False)  #: Wall-clock time of the call; 0 if shared.
    score: Score | None  #: If it was asked for and the expected output is known.
    compared: bool | None  #: Whether C was the expected output; None for a function without C.
    example: _core.Example | None = dataclasses.field(repr=False, compare=False)
    _boxed: tuple[Any] | None = dataclasses.field(
        default=None, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if self.score is not None:
            self.score = Score(*self.score)

    @property
    def object(self) -> Any:
        """The returned value as a Python object.

        After a call it is the very value, frozensets with their order. An outcome of `evaluate()`
        has the repr alone, from which a frozenset cannot be had again. ValueError where there is
        no value, or it cannot be had: it holds a function, or such a frozenset.
        """
        if self._boxed is not None:
            return self._boxed[0]
        if self.value is None:
            raise ValueError(f"the run returned no value: {self}")
        if self.example is None:
            raise ValueError(f"no object can be made of {self.value[:60]}")
        try:
            return _core.parse_literal(self.value)
        except ValueError:
            raise ValueError(f"no object can be made of {self.value[:60]}") from None

    @property
    def grid(self) -> Grid | None:
        """The returned value as a Grid, or None if it is none: rows of equally many ints."""
        if self.value is None or not self.value.startswith("(("):
            return None
        try:
            return as_grid(self.object)
        except ValueError:
            return None

    @property
    def input(self) -> Grid | None:
        """The example's input; None after a call."""
        return None if self.example is None else Grid(self.example.input)

    @property
    def expected(self) -> Grid | None:
        """The example's output, if it is known."""
        output = None if self.example is None else self.example.output
        return None if output is None else Grid(output)

    def to_numpy(self) -> numpy.ndarray[Any, Any]:
        """`grid` as an array of two dimensions; ValueError if the value is none. Needs NumPy."""
        grid = self.grid
        if grid is None:
            raise ValueError("the run returned no grid")
        return grid.to_numpy()

    def __str__(self) -> str:
        place = self.program if self.task is None else f"{self.program} on {self._example_name()}"
        return f"{place}: {self._ending()}"

    def _example_name(self) -> str:
        return f"{self.task} {self.split}[{self.index}]"

    def _ending(self) -> str:
        if self.status == "value":
            match = {None: "value", True: "match", False: "no match"}[self.match]
            return match if self.match is not None else f"value {(self.value or '')[:60]}"
        what = self.error if self.status == "error" else f"{self.status} ({self.reason})"
        where = f" at line {self.line}: {self.statement}" if self.line is not None else ""
        return f"{what}{where}"

    def _repr_html_(self) -> str:
        cells = [("input", self.input), ("expected", self.expected), ("output", self.grid)]
        pictures = "".join(
            f'<td style="text-align:center;vertical-align:top">{name}<br>{grid.to_svg()}</td>'
            for name, grid in cells
            if grid is not None
        )
        text = "" if self.grid is not None or not self.value else html.escape(self.value[:400])
        return (
            f"<div><p>{html.escape(str(self))}</p><table><tr>{pictures}</tr></table>"
            f"<code>{text}</code></div>"
        )


class Fallbacks(NamedTuple):
    """What is not as the engine left it, by row."""

    outcomes: dict[int, Outcome]
    reasons: dict[int, str]  #: Of the engine's refusal, for runs that CPython did.


class Outcomes(Sequence[Outcome]):
    """The outcomes of `evaluate()` in the canonical order: by program, task, then example.

    A sequence: an item is an Outcome, made when it is asked for; a slice is Outcomes again.
    """

    __slots__ = ("_asked", "_fallbacks", "_replaced", "_results", "_rows", "_sources")

    def __init__(
        self,
        results: _core.Results,
        rows: Sequence[int] | None = None,
        *,
        asked: str = "auto",
        sources: tuple[list[str], list[str]] = ([], []),
        fallbacks: Fallbacks | None = None,
    ):
        self._results = results
        self._rows = range(len(results)) if rows is None else rows
        self._asked = asked
        self._sources = sources
        self._fallbacks = fallbacks or Fallbacks({}, {})
        self._replaced = self._fallbacks.outcomes

    def _with(self, rows: Sequence[int]) -> Outcomes:
        return Outcomes(
            self._results,
            rows,
            asked=self._asked,
            sources=self._sources,
            fallbacks=self._fallbacks,
        )

    def _at(self, row: int) -> Outcome:
        return self._replaced.get(row) or Outcome(*self._results.record(row))

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, key: int) -> Outcome: ...
    @overload
    def __getitem__(self, key: slice) -> Outcomes: ...

    def __getitem__(self, key: int | slice) -> Outcome | Outcomes:
        if isinstance(key, slice):
            return self._with(self._rows[key])
        return self._at(self._rows[key])

    def __iter__(self) -> Iterator[Outcome]:
        return (self._at(row) for row in self._rows)

    @property
    def planned(self) -> int:
        """The number of runs that `evaluate()` was asked for."""
        return self._results.planned

    @property
    def end(self) -> str:
        """How the evaluation ended: "finished", "time limit" or "interrupted"."""
        return self._results.end

    @property
    def backend(self) -> Backend:
        """Who evaluated: the processor or devices, what these did, and why "auto" took which."""
        return Backend(asked=self._asked, **self._results.backend)

    @property
    def complete(self) -> bool:
        """Whether every planned run was done."""
        return self.end == "finished"

    @property
    def skipped(self) -> list[tuple[str, str, int, int]]:
        """Functions that were not run since they take other arguments than an example has.

        As (file, name, line, parameters without a default).
        """
        return self._results.skipped

    @property
    def without_task(self) -> int:
        """The number of functions named solve_<id> whose task was not given."""
        return self._results.without_task

    def where(self, test: Callable[[Outcome], bool] | None = None, **fields: Any) -> Outcomes:
        """The outcomes whose fields have these values, and for which `test` is true.

        For example, `outcomes.where(status="error", error="TypeError")`.
        """
        rows = list(self._rows)
        for name, value in fields.items():
            column = self._column(name, rows)
            rows = [row for row, found in zip(rows, column) if found == value]
        if test is not None:
            rows = [row for row in rows if test(self._at(row))]
        return self._with(rows)

    def column(self, name: str) -> list[Any]:
        """One field of every outcome, faster than outcome by outcome; KeyError for others."""
        values = self._column(name, self._rows)
        if name == "score":
            return [None if value is None else Score(*value) for value in values]
        return values

    def _column(self, name: str, rows: Sequence[int]) -> list[Any]:
        values = self._results.column(name, rows)
        if self._replaced:
            for k, row in enumerate(rows):
                if row in self._replaced:
                    values[k] = getattr(self._replaced[row], name)
        return values

    @property
    def fallbacks(self) -> dict[str, int]:
        """The runs that CPython did in the engine's place, by the reason of the engine's refusal.

        Empty unless `evaluate()` was asked for a fallback.
        """
        reasons = self._fallbacks.reasons
        return dict(collections.Counter(reasons[row] for row in self._rows if row in reasons))

    def behaviours(self) -> dict[tuple[int, str], str | None]:
        """What stands for all outputs of a function, by (source, program).

        Functions of one behaviour did the same in all of these runs. None if a run ended as
        "resource".
        """
        outputs: dict[tuple[int, str], list[str | None]] = {}
        rows = zip(self.column("source"), self.column("program"), self.column("output"))
        for source, program, output in rows:
            outputs.setdefault((source, program), []).append(output)
        return {
            key: None
            if None in found
            else hashlib.blake2b("".join(map(str, found)).encode(), digest_size=16).hexdigest()
            for key, found in outputs.items()
        }

    def summary(self) -> Summary:
        """Totals; printing them shows a short table."""
        rows = sorted(set(self._rows))
        totals = self._results.summary(rows)
        if self._replaced:
            totals.update(totals_of([self._at(row) for row in rows]))
        return Summary.of(totals, self.planned, self.end, self.backend, self.fallbacks)

    def to_numpy(self) -> numpy.ndarray[Any, Any]:
        """A structured array with a row a run. Needs NumPy.

        The fields are those of an Outcome without `value` and `statement`. Texts that do not apply
        are "", a `match` that is not known and a `compared` of None are -1 (else 0 or 1), no line is
        0, no score is nan; `score` is the total.
        """
        import numpy

        texts = ("program", "file", "task", "split", "status", "error", "reason")
        numbers = {"source": "i8", "index": "i4", "steps": "u8", "seconds": "f8"}
        columns: dict[str, Any] = {}
        for name in texts:
            columns[name] = numpy.array([v or "" for v in self.column(name)], dtype=str)
        for name, kind in numbers.items():
            columns[name] = numpy.array(self.column(name), dtype=kind)
        for name in ("match", "compared"):
            columns[name] = numpy.array(
                [-1 if v is None else int(v) for v in self.column(name)], dtype="i1"
            )
        columns["line"] = numpy.array([v or 0 for v in self.column("line")], dtype="u4")
        columns["score"] = numpy.array(
            [float("nan") if v is None else v.total for v in self.column("score")], dtype="f8"
        )
        names = ["program", "source", "file", "task", "split", "index", "status", "match",
                 "error", "line", "reason", "steps", "seconds", "score", "compared"]  # fmt: skip
        array = numpy.empty(len(self), dtype=[(name, columns[name].dtype) for name in names])
        for name in names:
            array[name] = columns[name]
        return array

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame with a row a run and a column a field; the score's parts are columns.

        Needs pandas.
        """
        import pandas

        names = [f.name for f in dataclasses.fields(Outcome)][:16]
        data: dict[str, Any] = {name: self.column(name) for name in names}
        scores = self.column("score")
        for k, name in enumerate(Score._fields):
            data[f"score_{name}"] = [None if score is None else score[k] for score in scores]
        frame = pandas.DataFrame(data)
        for name in ("match", "line"):
            frame[name] = frame[name].astype("boolean" if name == "match" else "Int64")
        return frame

    def to_jsonl(self, path: str | os.PathLike[str]) -> None:
        """Writes a JSON object a run, in the form of `arcbatch run --jsonl`."""
        with open(path, "wb") as handle:
            for start in range(0, len(self._rows), _CHUNK):
                rows = self._rows[start : start + _CHUNK]
                lines = self._results.json_lines(rows)
                handle.write(self._with_replaced(rows, lines) if self._replaced else lines)

    def _with_replaced(self, rows: Sequence[int], lines: bytes) -> bytes:
        written = lines.splitlines(keepends=True)
        for k, row in enumerate(rows):
            if row in self._replaced:
                record = json.loads(written[k])
                for name in record.keys() - {"score", "C"}:
                    record[name] = getattr(self._replaced[row], name)
                record.pop("score", None)
                text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
                written[k] = text.encode() + b"\n"
        return b"".join(written)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a results file, as `arcbatch run --out` does; it must not exist.

        The command line reports, exports and merges it; `arcbatch resume` does the runs that are
        missing, if there are any and all programs and tasks were given as paths. ValueError for
        a part of an evaluation or one with fallbacks, RuntimeError for a file that cannot be written.
        """
        if self._replaced:
            raise ValueError("a results file has outcomes of the engine alone, none of Python's")
        if list(self._rows) != list(range(len(self._results))):
            raise ValueError("a results file has all runs of an evaluation, not some of them")
        programs, tasks = self._sources
        self._results.save(os.fspath(path), programs, tasks)

    def __repr__(self) -> str:
        state = "" if self.complete else f" of {self.planned} planned ({self.end})"
        return f"<arcbatch.Outcomes: {len(self)} run{'' if len(self) == 1 else 's'}{state}>"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in ("program", "example", "ending", "seconds"))
        rows = []
        for outcome in self[:_ROWS_SHOWN]:
            cells = (outcome.program, outcome._example_name(), outcome._ending(),
                     f"{outcome.seconds:.6f}")  # fmt: skip
            rows.append("".join(f"<td>{html.escape(cell)}</td>" for cell in cells))
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        more = len(self) - len(rows)
        tail = f"<p>and {more} more</p>" if more > 0 else ""
        summary = html.escape(str(self.summary()))
        return f"<pre>{summary}</pre><table><tr>{head}</tr>{body}</table>{tail}"
