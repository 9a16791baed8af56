"""Calls of a batch context that wait: results that are computed together, later."""

from __future__ import annotations

import dataclasses
import math
import operator
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from . import _core
from ._errors import LimitError, ProgramError
from ._evaluate import evaluate

if TYPE_CHECKING:
    from ._batch_context import BatchContext

_LITERAL = re.compile(r"(?:[\d\-,() ]|True|False|None)*")
_DEVICES = ("cuda", "emulated")


def _gone(*args: Any) -> Any:
    raise AssertionError("a call is made once")


class Call:
    """A call that was put off: what it is of, and what it came to."""

    __slots__ = ("args", "counted", "done", "error", "name", "original", "tried", "used", "value")

    def __init__(self, name: str, original: Callable[..., Any], args: tuple[Any, ...]):
        self.name = name
        self.original = original
        self.args = args  # a Deferred stands as its Call
        self.done = False
        self.counted = False  # among those that the engine made
        self.tried = False  # by a device, in vain
        self.used = False  # by another call that was put off
        self.value: Any = None
        self.error: BaseException | None = None

    def finish(self, value: Any, error: BaseException | None = None) -> None:
        self.value, self.error = value, error
        self.done = True
        # What it was made from may go.
        self.args = ()
        self.original = _gone


@dataclasses.dataclass(slots=True)
class Flushes:
    """How the calls of a context that were put off were made."""

    count: int = 0  #: Times that gathered calls were made.
    calls: int = 0  #: Calls that were put off.
    on_device: int = 0  #: Results that a device computed.
    device_operations: int = 0  #: Calls that a device made for them, those they needed included.
    again: int = 0  #: Results that a device could not bring, by the processor.
    errors: int = 0  #: Calls that raised.
    full: int = 0  #: Flushes since so many had gathered,
    looked: int = 0  #: since one was looked at,
    ended: int = 0  #: and since the context ended.


class Deferred:
    """The result of a call that is made when somebody looks at it, or when enough have gathered.

    Compares, hashes, iterates, indexes, computes, prints, pickles and is called as the object that
    it stands for, which `to_python()` gives. What the call raises, every look raises.
    """

    __slots__ = ("__weakref__", "_call", "_queue")

    def __init__(self, queue: Queue, call: Call):
        self._queue = queue
        self._call = call

    def to_python(self) -> Any:
        """The object itself."""
        call = self._call
        if not call.done:
            self._queue.look(call)
        if call.error is not None:
            raise call.error
        return call.value

    @property
    def __class__(self) -> Any:  # type: ignore[override]
        return type(self.to_python())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.to_python(), name)

    def __repr__(self) -> str:
        return repr(self.to_python())

    def __str__(self) -> str:
        return str(self.to_python())

    def __format__(self, spec: str) -> str:
        return format(self.to_python(), spec)

    def __hash__(self) -> int:
        return hash(self.to_python())

    def __bool__(self) -> bool:
        return bool(self.to_python())

    def __len__(self) -> int:
        return len(self.to_python())

    def __iter__(self) -> Iterator[Any]:
        return iter(self.to_python())

    def __reversed__(self) -> Iterator[Any]:
        return reversed(self.to_python())

    def __contains__(self, item: Any) -> bool:
        return item in self.to_python()

    def __getitem__(self, key: Any) -> Any:
        return self.to_python()[undeferred(key)]

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        return self.to_python()(*map(undeferred, args), **keywords)

    def __index__(self) -> int:
        return operator.index(self.to_python())

    def __int__(self) -> int:
        return int(self.to_python())

    def __float__(self) -> float:
        return float(self.to_python())

    def __round__(self, *digits: Any) -> Any:
        return round(self.to_python(), *digits)

    def __trunc__(self) -> int:
        return math.trunc(self.to_python())

    def __reduce_ex__(self, protocol: Any) -> Any:
        return undeferred, (self.to_python(),)

    def __copy__(self) -> Any:
        return self.to_python()

    def __deepcopy__(self, memo: Any) -> Any:
        return self.to_python()

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        import numpy

        return numpy.array(self.to_python(), dtype=dtype)


def undeferred(value: Any) -> Any:
    """The object that a Deferred stands for; anything else as it is."""
    return value.to_python() if type(value) is Deferred else value


def _operator(name: str) -> None:
    function = getattr(operator, name)
    setattr(
        Deferred,
        name,
        lambda self, *others: function(self.to_python(), *map(undeferred, others)),
    )


def _reflected(name: str) -> None:
    function = getattr(operator, f"__{name}__")
    setattr(
        Deferred, f"__r{name}__", lambda self, other: function(undeferred(other), self.to_python())
    )


for _name in ("eq", "ne", "lt", "le", "gt", "ge", "neg", "pos", "abs", "invert"):
    _operator(f"__{_name}__")
for _name in ("add", "sub", "mul", "floordiv", "truediv", "mod", "pow", "and", "or", "xor",
              "lshift", "rshift"):  # fmt: skip
    _operator(f"__{_name}__")
    _reflected(_name)
del _name


class Queue:
    """The calls of a context that wait.

    With a device, what is brought back of gathered calls are the results that no other of them
    uses (`resident`), or all. The others stay an expression until somebody looks.
    """

    def __init__(self, context: BatchContext, limit: int, backend: str, resident: bool):
        self.limit = limit
        self.device = backend if backend in _DEVICES else None
        self.resident = resident
        self.flushes = Flushes()
        self._context = context
        self._calls: list[Call] = []
        self._lock = threading.RLock()

    def defer(self, name: str, original: Callable[..., Any], args: tuple[Any, ...]) -> Deferred:
        """Puts a call off."""
        inner = []
        for arg in args:
            if type(arg) is tuple and any(type(item) is Deferred for item in arg):
                arg = tuple(map(undeferred, arg))
            elif type(arg) is Deferred and arg._queue is not self:
                arg = arg.to_python()
            elif type(arg) is Deferred:
                arg._call.used = True
                arg = arg._call.value if _is_value(arg._call) else arg._call
            inner.append(arg)
        call = Call(name, original, tuple(inner))
        self._context._operation(name).calls += 1
        with self._lock:
            self._calls.append(call)
            self.flushes.calls += 1
            if len(self._calls) >= self.limit:
                self.flushes.full += 1
                self._flush(None)
        return Deferred(self, call)

    def look(self, call: Call) -> None:
        """Makes a call that somebody looks at, with those that wait."""
        with self._lock:
            if call.done:
                return
            self.flushes.looked += 1
            self._flush(call)
            if not call.done:
                self._make(call)

    def end(self) -> None:
        """Makes all that wait."""
        with self._lock:
            if self._calls:
                self.flushes.ended += 1
                self._flush(None)

    # ---- with the lock --------------------------------------------------------------------------

    def _flush(self, wanted: Call | None) -> None:
        calls, self._calls = self._calls, []
        self.flushes.count += 1
        if self.device is None:
            while calls:
                call = calls[0]
                if not call.done:
                    try:
                        self._make(call)
                    except BaseException:
                        self._calls[:0] = calls  # what an interrupt left
                        raise
                del calls[0]
            return
        ends = [c for c in calls if not c.done and not (self.resident and c.used)]
        if wanted is not None and not wanted.done and wanted not in ends:
            ends.append(wanted)
        self._on_device([call for call in ends if not call.tried])

    def _make(self, call: Call) -> None:
        """Makes a call now, after those that it needs."""
        waiting = [call]
        while waiting:
            at = waiting[-1]
            needed = [a for a in at.args if type(a) is Call and not a.done]
            if at.done:
                waiting.pop()
            elif needed:
                waiting += needed
            else:
                waiting.pop()
                self._make_one(at)

    def _make_one(self, call: Call) -> None:
        args = []
        for arg in call.args:
            if type(arg) is Call:
                if arg.error is not None:
                    call.finish(None, arg.error)
                    return
                arg = arg.value
            args.append(arg)
        try:
            value = self._context._call_now(call.name, call.original, tuple(args), call)
        except Exception as error:
            self.flushes.errors += 1
            call.finish(None, error)
        else:
            call.finish(value)

    # ---- devices --------------------------------------------------------------------------------

    def _on_device(self, ends: list[Call]) -> None:
        # By text: the inputs that it is to run on, and whose result that is.
        programs: dict[str, dict[str, tuple[Any, list[Call]]]] = {}
        parts: dict[str, list[list[Call]]] = {}
        for end in ends:
            end.tried = True
            written = _written(end, self._context._primitive_names())
            if written is None:
                self.flushes.again += 1
                self._make(end)
                continue
            text, grid, calls = written
            parts.setdefault(text, []).append(calls)
            programs.setdefault(text, {}).setdefault(repr(grid), (grid, []))[1].append(end)
        # Programs of the same inputs go together.
        groups: dict[frozenset[str], list[str]] = {}
        for text, inputs in programs.items():
            groups.setdefault(frozenset(inputs), []).append(text)
        for keys, texts in groups.items():
            order = sorted(keys)
            grids = programs[texts[0]]
            tasks = {
                str(k): {"train": [], "test": [{"input": grids[key][0]}]}
                for k, key in enumerate(order)
            }
            try:
                outcomes = evaluate(texts, tasks, backend=self.device)
                rows = zip(*map(outcomes.column, ("source", "task", "status", "value")))
            except (ProgramError, LimitError, ValueError):
                rows = iter(())
            for source, task, status, value in rows:
                text = texts[source]
                self.flushes.device_operations += len(parts[text][0])
                if status != "value":
                    continue
                try:
                    result = _core.parse_literal(value)
                except ValueError:
                    continue  # a set, of which a repr has the order and not the table; a function
                for call in programs[text][order[int(task)]][1]:
                    self.flushes.on_device += 1
                    call.finish(result)
        for calls in (calls for several in parts.values() for calls in several if calls[-1].done):
            for call in calls:
                self._context._count_routed(call)
        for end in ends:
            if not end.done:
                # An error too: Python's own message comes of the call itself.
                self.flushes.again += 1
                self._make(end)


def _is_value(call: Call) -> bool:
    return call.done and call.error is None


def _grid(value: Any) -> bool:
    """Whether a value may be the input of a task."""
    if type(value) is not tuple or not 1 <= len(value) <= 30:
        return False
    first = value[0]
    if type(first) is not tuple or not 1 <= len(first) <= 30:
        return False
    return all(
        type(row) is tuple
        and len(row) == len(first)
        and all(type(cell) is int and 0 <= cell <= 9 for cell in row)
        for row in value
    )


def _written(end: Call, names: Mapping[int, str]) -> (
    tuple[str, Any, list[Call]] | None
):
    """A function of one grid that makes the call and those that it needs, the grid, and these
    calls, the last of them `end`. None where an argument cannot be written down. `names` are those of primitives.
    """
    numbers: dict[int, int] = {}
    order: list[Call] = []
    waiting = [end]
    while waiting:
        at = waiting[-1]
        needed = [a for a in at.args if type(a) is Call and not a.done and id(a) not in numbers]
        if id(at) in numbers:
            waiting.pop()
        elif needed:
            waiting += needed
        else:
            waiting.pop()
            numbers[id(at)] = len(order)
            order.append(at)
    grid: Any = None
    lines = ["def f(I):"]
    for k, call in enumerate(order):
        parts = []
        for arg in call.args:
            if type(arg) is Call:
                if not arg.done:
                    parts.append(f"x{numbers[id(arg)]}")
                    continue
                if arg.error is not None:
                    return None
                arg = arg.value
            if grid is None and _grid(arg):
                grid = arg
            if grid is not None and arg is grid:
                parts.append("I")
                continue
            name = names.get(id(arg))
            text = repr(arg) if name is None else name
            if name is None and _LITERAL.fullmatch(text) is None:
                return None
            parts.append(text)
        lines.append(f"    x{k} = {call.name}({', '.join(parts)})")
    lines.append(f"    return x{len(order) - 1}")
    return "\n".join(lines) + "\n", grid if grid is not None else ((0,),), order
