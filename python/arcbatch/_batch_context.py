"""Routing the calls of a user's own DSL module to the engine while a block runs."""

from __future__ import annotations

import collections
import dataclasses
import functools
import gc
import logging
import re
import sys
import threading
import time
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, Union

from . import _core
from ._batch_run import BatchRun, run_inputs
from ._deferred import Call, Deferred, Flushes, Queue, undeferred
from ._digest import pinned, same_functions
from ._errors import BackendError, LimitError, UnsupportedError, VerifyError
from ._evaluate import BACKENDS, evaluate

Namespace = Union[types.ModuleType, "dict[str, Any]"]
logger = logging.getLogger("arcbatch")

_DEVICES = ("cuda", "emulated")
_lock = threading.RLock()
_installations: dict[int, _Installation] = {}  # by id of the module's names
_local = threading.local()


@dataclasses.dataclass(slots=True)
class OperationStats:
    """What the calls of one operation came to within a context.

    `calls` are those of the thread that has the context, `routed` those that the engine answered,
    `on_device` those of them that a device made, `fallen_back` those that the user's own function
    answered; `seconds` is the time of all but those on devices. A call that was put off and whose
    result nobody needed is none of these.
    """

    calls: int = 0
    routed: int = 0
    on_device: int = 0
    fallen_back: int = 0
    seconds: float = 0.0


class BatchContext:
    """A context in which a module's primitives run on the engine. Made by `batch_context()`.

    routed
        The names of the functions that are routed.
    differs
        Those of the dialect's names that the module has other functions for, which are left alone.
    captured
        Where functions were seen before the context began that it cannot replace: what is called
        from there runs as ever.
    fallbacks
        How many calls the user's own functions answered, by reason.
    verify
        Whether every routed call is made twice, and VerifyError raised where the two differ.
    """

    def __init__(
        self,
        dsl_module: Namespace,
        namespaces: Iterable[Namespace] = (),
        *,
        backend: Literal["auto", "cpu", "cuda", "emulated"] = "auto",
        verify: bool = False,
        exclude: Iterable[str] = (),
        digests: Mapping[str, str] | None = None,
        defer: int = 0,
        resident: bool = True,
    ):
        _check_backend(backend, defer)
        self._module = _names_of(dsl_module)
        self._spaces = [self._module]
        for space in map(_names_of, namespaces):
            if not any(space is known for known in self._spaces):
                self._spaces.append(space)
        #: Who makes the calls, as the summary says it.
        self.backend: str = backend if backend in _DEVICES else _core.backend_name()
        self._queue = Queue(self, defer, backend, resident) if defer else None
        self._busy = threading.local()
        self.verify = verify
        self.exclude = frozenset(exclude)
        self._digests = pinned() if digests is None else digests
        self._stats: dict[str, OperationStats] = {}
        self._installation: _Installation | None = None
        self.fallbacks: collections.Counter[str] = collections.Counter()
        self.routed: list[str] = []
        self.differs: list[str] = []
        self.captured: list[str] = []

    def __enter__(self) -> BatchContext:
        if self._installation is not None:
            raise RuntimeError("this context has been entered already")
        with _lock:
            installation = _installations.get(id(self._module))
            if installation is None:
                same = same_functions(self._module, self._digests)
                installation = _Installation(self._module, same)
                _installations[id(self._module)] = installation
            installation.users += 1
            self._installation = installation
            for space in self._spaces:
                installation.bind(space)
            self.routed = list(installation.originals)
            self.differs = [name for name in self._digests if name not in installation.originals]
            self.captured = installation.seen_elsewhere()
        if not hasattr(_local, "stack"):
            _local.stack = []
        _local.stack.append(self)
        logger.info("Installed %d wrappers", len(self.routed))
        if self.differs:
            logger.info("%d functions differ and are left alone: %s", len(self.differs),
                        ", ".join(self.differs))  # fmt: skip
        if self.captured:
            logger.warning("Captured before the context and not routed: %s",
                           "; ".join(self.captured))  # fmt: skip
        return self

    def __exit__(self, *exception: object) -> None:
        installation = self._installation
        if installation is None:
            raise RuntimeError("this context has not been entered")
        try:
            if self._queue is not None:
                self._queue.end()
        finally:
            self._leave(installation)

    def _leave(self, installation: _Installation) -> None:
        self._installation = None
        stack = getattr(_local, "stack", [])
        # Not always the last one: contexts may end in any order.
        for k in reversed(range(len(stack))):
            if stack[k] is self:
                del stack[k]
                break
        with _lock:
            for space in self._spaces:
                installation.unbind(space)
            installation.users -= 1
            if installation.users == 0:
                installation.close()
                del _installations[id(self._module)]
        logger.info("%s", self.summary())

    @property
    def flushes(self) -> Flushes | None:
        """How the calls that were put off were made; None in a context that puts none off."""
        return None if self._queue is None else dataclasses.replace(self._queue.flushes)

    def stats(self) -> dict[str, OperationStats]:
        """What the calls came to, by operation, of those that were called."""
        return {name: dataclasses.replace(stats) for name, stats in self._stats.items()}

    def summary(self) -> str:
        """What the calls came to, in a line."""
        calls = sum(stats.calls for stats in self._stats.values())
        routed = sum(stats.routed for stats in self._stats.values())
        seconds = sum(stats.seconds for stats in self._stats.values())
        own = sum(stats.on_device for stats in self._stats.values())
        device = self._queue is not None and self._queue.device is not None
        there = own if device else routed
        share = 100.0 * there / calls if calls else 0.0
        text = f"Batch complete: {there}/{calls} operations ran on {self.backend} ({share:.1f}%)"
        if device:
            text += f", {routed - own} on {_core.backend_name()}"
        text += f", {seconds:.3f} s"
        if self._queue is not None:
            flushes = self._queue.flushes
            text += f"; {flushes.count} flushes of {flushes.calls} calls"
            if self._queue.device is not None:
                text += (
                    f": {flushes.on_device} results by the device ({flushes.device_operations} "
                    f"operations), {flushes.again} by the processor"
                )
        if self.fallbacks:
            reasons = ", ".join(f"{n} {reason}" for reason, n in self.fallbacks.most_common())
            text += f"; in Python: {reasons}"
        return text

    def run(self, function: Callable[..., Any], inputs: Iterable[Any]) -> BatchRun:
        """Calls `function` on every input, in the engine as a whole where it can be compiled.

        The answer's `compiled` says whether it was, and `reason` why not; then Python runs it, with
        its primitives routed. The results are plain Python objects; the first exception is raised.
        """
        if self._installation is None:
            raise RuntimeError("run() is for the time that the context lasts")
        return run_inputs(function, inputs, self._installation.prims)

    # ---- calls ----------------------------------------------------------------------------------

    def _call(self, name: str, original: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        queue = self._queue
        if queue is None or getattr(self._busy, "depth", 0):
            return self._call_now(name, original, args)
        if name in self.exclude or any(map(self._is_foreign, args)):
            # The user's own functions see objects as they are.
            return self._call_now(name, original, tuple(map(undeferred, args)))
        return queue.defer(name, original, args)

    def _is_foreign(self, value: Any) -> bool:
        """Whether a call with this argument may call a function of the user's own."""
        if type(value) is Deferred or type(value) is _core.Function:
            return False
        return callable(value) and id(value) not in self._primitive_names()

    def _primitive_names(self) -> dict[int, str]:
        return {} if self._installation is None else self._installation.prims

    def _operation(self, name: str) -> OperationStats:
        return self._stats.get(name) or self._stats.setdefault(name, OperationStats())

    def _count_routed(self, call: Call) -> None:
        """Counts a call that a device made, once."""
        if not call.counted:
            call.counted = True
            self._operation(call.name).routed += 1
            self._operation(call.name).on_device += 1

    def _call_now(
        self,
        name: str,
        original: Callable[..., Any],
        args: tuple[Any, ...],
        put_off: Call | None = None,
    ) -> Any:
        # What the user's functions call meanwhile is not put off.
        busy = self._busy
        busy.depth = getattr(busy, "depth", 0) + 1
        try:
            return self._make_call(name, original, args, put_off)
        finally:
            busy.depth -= 1

    def _make_call(
        self,
        name: str,
        original: Callable[..., Any],
        args: tuple[Any, ...],
        put_off: Call | None,
    ) -> Any:
        stats = self._operation(name)
        once = 1
        if put_off is None:
            stats.calls += 1
        elif put_off.counted:
            once = 0
        else:
            put_off.counted = True
        started = time.perf_counter()
        try:
            reason = "excluded"
            error = None
            if name not in self.exclude:
                try:
                    result = _core.route(_PRIMITIVES[name], *args)
                except UnsupportedError as refusal:
                    reason = f"unsupported: {_reason_of(refusal)}"
                except (LimitError, MemoryError) as refusal:
                    reason = f"limit: {_reason_of(refusal)}"
                except Exception as raised:
                    error = raised
                else:
                    stats.routed += once
                    if self.verify:
                        _verify(name, original, args, result)
                    if type(result) is _core.Function and name in _MAKERS:
                        # What the user's function returns, for calls that the engine refuses.
                        result._twin = original(*args)
                    return result
            if error is not None:
                # The same exception with Python's own message.
                stats.routed += once
                return self._raise_as_python_does(name, original, args, error)
            stats.fallen_back += once
            self.fallbacks[reason] += once
            return original(*args)
        finally:
            stats.seconds += time.perf_counter() - started

    def _raise_as_python_does(
        self, name: str, original: Callable[..., Any], args: tuple[Any, ...], error: Exception
    ) -> Any:
        with _suspended():
            try:
                result = original(*args)
            except Exception as raised:
                if self.verify and type(raised) is not type(error):
                    raise VerifyError(
                        f"{name}: the engine raises {type(error).__name__}, "
                        f"Python {type(raised).__name__}"
                    ) from raised
                raise
        if self.verify:
            raise VerifyError(f"{name}: the engine raises {type(error).__name__}, Python returns")
        logger.error("%s: the engine raises %s, Python returns", name, type(error).__name__)
        return result


def _check_backend(backend: str, defer: int) -> None:
    if backend not in BACKENDS:
        raise ValueError(f"no backend is called {backend!r}: there are {', '.join(BACKENDS)}")
    if not isinstance(defer, int) or defer < 0:
        raise ValueError(f"defer must be a number of calls from 0 on, not {defer!r}")
    if backend in _DEVICES and not defer:
        raise BackendError(
            f"backend {backend!r}: calls one by one run on the processor; with defer=N they are put "
            "off until there are enough for a device"
        )
    if backend == "cuda":
        evaluate(backend="cuda")  # says why there is no GPU, if there is none


def _names_of(space: Namespace) -> dict[str, Any]:
    return space if isinstance(space, dict) else vars(space)


_PRIMITIVES = {row[0]: _core.primitive(number) for number, row in enumerate(_core.registry())}


_FUNCTION = re.compile(r"<function .*? at 0x[0-9a-fA-F]+>")
_MAKERS = {"compose", "chain", "matcher", "rbind", "lbind", "fork"}


def _reason_of(error: BaseException) -> str:
    return str(error).partition("(): ")[2] or type(error).__name__


class _suspended:
    """While it lasts, this thread's wrappers call the user's functions."""

    def __enter__(self) -> None:
        self.stack = getattr(_local, "stack", [])
        _local.stack = []

    def __exit__(self, *exception: object) -> None:
        _local.stack = self.stack


def _same(a: Any, b: Any) -> bool:
    """Whether two results are one to a program; functions are compared in number alone."""
    if type(a) is _core.Function or isinstance(a, types.FunctionType):
        return callable(b)
    if type(a) is not type(b):
        return False
    text, other = (_FUNCTION.sub("<function>", repr(x)) for x in (a, b))
    if "<function>" in text and isinstance(a, frozenset):
        return len(a) == len(b)  # in an order by address
    return text == other


def _verify(name: str, original: Callable[..., Any], args: tuple[Any, ...], result: Any) -> None:
    with _suspended():
        try:
            expected = original(*args)
        except Exception as error:
            raise VerifyError(f"{name}: Python raises {type(error).__name__}") from error
    if not _same(result, expected):
        raise VerifyError(f"{name}: the engine gives {result!r}, Python {expected!r}")


def routed_name(function: Any) -> str | None:
    """The primitive that a function stands for in a context that lasts, if it does."""
    with _lock:
        for installation in _installations.values():
            name = installation.prims.get(id(function))
            if name is not None:
                return name
    return None


class _Installation:
    """The wrappers of one module's functions, as long as any context uses them."""

    def __init__(self, module: dict[str, Any], originals: dict[str, Any]):
        self.module = module
        self.originals = originals
        self.users = 0
        self.wrappers = {name: self._wrapper(name, f) for name, f in originals.items()}
        #: The engine's primitive of a function, by the function's id.
        self.prims: dict[int, str] = {}
        for name, original in originals.items():
            number = _PRIMITIVES[name]._number if name in _PRIMITIVES else None
            for function in (original, self.wrappers[name]):
                self.prims[id(function)] = name
                if number is not None:
                    _core.add_alias(function, number, function is not original)
        # What seen_elsewhere() said last, and of which namespaces.
        self._seen: tuple[frozenset[int], list[str]] | None = None
        # By id of a namespace: its names, how many contexts use it, and the names replaced.
        self._bound: dict[int, tuple[dict[str, Any], list[int], dict[str, str]]] = {}

    def _wrapper(self, name: str, original: Any) -> Callable[..., Any]:
        """A function of the original's parameters, so that its `__code__` tells as many."""

        def call(*args: Any) -> Any:
            for context in reversed(getattr(_local, "stack", ())):
                if context._installation is self:
                    return context._call(name, original, args)
            return original(*args)

        parameters = ", ".join(original.__code__.co_varnames[: original.__code__.co_argcount])
        space = {"_call": call}
        exec(f"def {name}({parameters}):\n    return _call({parameters})\n", space)
        return functools.wraps(original)(space.pop(name))

    def bind(self, space: dict[str, Any]) -> None:
        """Puts wrappers in the place of the functions in a namespace."""
        _, users, replaced = self._bound.setdefault(id(space), (space, [0], {}))
        users[0] += 1
        by_id = {id(original): name for name, original in self.originals.items()}
        for attribute, value in list(space.items()):
            name = by_id.get(id(value))
            if name is not None and value is self.originals[name]:
                space[attribute] = self.wrappers[name]
                replaced[attribute] = name

    def unbind(self, space: dict[str, Any]) -> None:
        """Restores a namespace with its last context; what was bound anew since stays."""
        _, users, replaced = self._bound[id(space)]
        users[0] -= 1
        if users[0] > 0:
            return
        for attribute, name in replaced.items():
            if space.get(attribute) is self.wrappers[name]:
                space[attribute] = self.originals[name]
        del self._bound[id(space)]

    def close(self) -> None:
        for name, original in self.originals.items():
            for function in (original, self.wrappers[name]):
                _core.remove_alias(function)
        # Wrappers that somebody has kept go on as the functions; nobody else keeps them alive.
        self.wrappers.clear()

    def seen_elsewhere(self) -> list[str]:
        """Where the functions are held that no namespace of ours is.

        A look at all objects takes long, so that contexts within others of the same namespaces have
        what the first one saw.
        """
        spaces = frozenset(self._bound)
        if self.users == 1 or self._seen is None or self._seen[0] != spaces:
            self._seen = spaces, self._look_elsewhere()
        return list(self._seen[1])

    def _look_elsewhere(self) -> list[str]:
        names = {id(original): name for name, original in self.originals.items()}
        modules = {
            id(vars(m)): key for key, m in list(sys.modules.items()) if hasattr(m, "__dict__")
        }
        ours = {id(self.originals), id(names), *self._bound}
        ours.update(id(wrapper.__dict__) for wrapper in self.wrappers.values())
        found: dict[str, set[str]] = {}
        holders: collections.Counter[str] = collections.Counter()
        for holder in gc.get_referrers(*self.originals.values()):
            # A cell is seen through the function that has it.
            if id(holder) in ours or isinstance(
                holder, (types.FrameType, types.CellType, _Installation, Call)
            ):
                continue
            where = modules.get(id(holder)) or f"objects of type {type(holder).__name__}"
            holders[where] += 1
            held = found.setdefault(where, set())
            held.update(names[id(f)] for f in gc.get_referents(holder) if id(f) in names)
        return [
            f"{_listed(found[where])} in {where}"
            if where in sys.modules
            else f"{_listed(found[where])} in {holders[where]} {where}"
            for where in sorted(found)
        ]


def _listed(names: set[str]) -> str:
    listed = sorted(names)
    if len(listed) > 5:
        listed = [*listed[:4], f"{len(listed) - 4} more"]
    return ", ".join(listed)


def batch_context(
    dsl_module: Namespace,
    namespaces: Iterable[Namespace] = (),
    *,
    backend: Literal["auto", "cpu", "cuda", "emulated"] = "auto",
    verify: bool = False,
    exclude: Iterable[str] = (),
    digests: Mapping[str, str] | None = None,
    defer: int = 0,
    resident: bool = True,
) -> BatchContext:
    """A context in which the primitives of the user's own DSL module run on the engine.

        with arcbatch.batch_context(dsl, namespaces=[solvers]) as ctx:
            solvers.solve_67a3c6ac(grid)
        print(ctx.summary())

    dsl_module
        The module that defines the DSL, or its names as a dict.
    namespaces
        Modules or dicts that have the functions by `from dsl import *`, such as `globals()`.
    backend
        "auto" and "cpu" run on the processor. "cuda" and "emulated" want `defer`: single calls
        are not what a device is for. BackendError says so, and why GPUs cannot be used.
    verify
        Whether every routed call is made in Python too; VerifyError is raised where the answers
        differ in type, repr or class of exception.
    exclude
        Names whose calls stay with Python, which counts as fallen back.
    digests
        What the functions have to be, by name; the pinned reference's unless given.
    defer
        How many calls are put off until they are made together: a call returns a Deferred, which
        stands for the result. They are made too when one is looked at (compared, hashed, iterated,
        printed, given to a function that is not routed) and when the block ends. An exception is
        raised where a result is first looked at, and not by the call. 0, the default, puts off
        none.
    resident
        Whether a device brings back of gathered calls the results that no other of them uses. Else
        it brings all. Changes no result.

    Routed are the functions whose text is the pinned reference's and whose callees are too; all
    others stay as they are, and are listed in `differs`. Results are plain Python objects. Where
    the engine refuses a call, the user's own function is called with the same arguments. Only the
    thread that entered the context is routed. When the block ends, everything is as it was.
    """
    return BatchContext(
        dsl_module,
        namespaces,
        backend=backend,
        verify=verify,
        exclude=exclude,
        digests=digests,
        defer=defer,
        resident=resident,
    )
