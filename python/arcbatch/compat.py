"""The names of an earlier system that ran batts with operations on GPUs, on top of arcbatch.

Code that was written for `gpu_dsl_operations`, `batch_dsl_context`, `mega_batch_batt`,
`gpu_optimizations` and `safe_dsl` finds the same classes and functions here, with the same
signatures and the same form of results. What they do is exact: results are those of the user's own
`dsl` module, exceptions are those of its functions, and what runs on a GPU is said and counted as
it is.

That system was to come to GPUs in three phases, which `batch_dsl_context()` and
`MegaBatchCoordinator` run with `phase`, to be compared: 1, every operation by itself goes to the
device and comes back; 2, operations are gathered, and all results come back; 3, results stay
expressions until they are looked at, so that a sample goes up once and comes down once.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import functools
import importlib
import inspect
import logging
import operator
import sys
import threading
import time
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal

from . import _core, dsl
from ._batch_context import BatchContext, batch_context
from ._deferred import Deferred
from ._errors import UnsupportedError

__all__ = [
    "BatchInput",
    "BatchResult",
    "GPUDSLOperations",
    "MegaBatchCoordinator",
    "MultiGPUOptimizer",
    "batch_dsl_context",
    "get_current_batch_context",
    "get_gpu_ops",
    "make_all_dsl_safe",
    "safe_dsl",
]

logger = logging.getLogger("arcbatch.compat")

_local = threading.local()


# ---- gpu_dsl_operations -------------------------------------------------------------------------


class GPUDSLOperations:
    """Operations on lists of arguments: item by item, the results of the `dsl` module's own.

    `enable_gpu` is kept for what reads it, and is False: there is no GPU in it.
    """

    def __init__(self, enable_gpu: bool = True):
        self.enable_gpu = False
        self.gpu_count = 0
        self.asked_for_gpu = enable_gpu
        self._calls: dict[str, int] = {}

    def _each(self, name: str, arguments: Iterable[tuple[Any, ...]]) -> list[Any]:
        results = []
        for args in arguments:
            # Functions of the user's own are called as they are, in Python.
            results.append(_core.plain(getattr(dsl, name)(*args)))
        self._calls[name] = self._calls.get(name, 0) + len(results)
        return results

    def batch_mapply(
        self, func: Callable[..., Any], grid_lists: Sequence[tuple[Any, ...]]
    ) -> list[Any]:
        """mapply(func, grids) of each of the lists: merged, as mapply is."""
        return self._each("mapply", ((func, grids) for grids in grid_lists))

    def batch_apply(
        self, func: Callable[..., Any], sample_lists: Sequence[tuple[Any, ...]]
    ) -> list[Any]:
        """apply(func, samples) of each of the lists."""
        return self._each("apply", ((func, samples) for samples in sample_lists))

    def batch_fill(
        self,
        grids: Sequence[tuple[Any, ...]],
        colors: Sequence[int],
        patches: Sequence[frozenset[Any]],
    ) -> list[Any]:
        """fill(grid, color, patch) of each three."""
        return self._each("fill", zip(grids, colors, patches))

    def batch_colorfilter(
        self, objects_list: Sequence[frozenset[Any]], colors: Sequence[int]
    ) -> list[Any]:
        """colorfilter(objects, color) of each two."""
        return self._each("colorfilter", zip(objects_list, colors))

    def get_stats(self) -> dict[str, Any]:
        """What there is and what was done, by operation."""
        return {
            "gpu_available": False,
            "gpu_enabled": self.enable_gpu,
            "gpu_count": self.gpu_count,
            "backend": _core.backend_name(),
            "operations": dict(self._calls),
        }


_gpu_ops: GPUDSLOperations | None = None


def get_gpu_ops(enable_gpu: bool = True) -> GPUDSLOperations:
    """The one GPUDSLOperations of the process, made on the first call."""
    global _gpu_ops
    if _gpu_ops is None:
        _gpu_ops = GPUDSLOperations(enable_gpu)
    return _gpu_ops


# ---- batch_dsl_context --------------------------------------------------------------------------


@contextlib.contextmanager
def batch_dsl_context(
    gpu_ops: GPUDSLOperations | None = None,
    enable_gpu: bool = True,
    *,
    dsl_module: types.ModuleType | None = None,
    phase: Literal[1, 2, 3] | None = None,
    backend: Literal["auto", "cpu", "cuda", "emulated"] = "auto",
    gather: int = 1000,
) -> Iterator[BatchContext]:
    """arcbatch.batch_context() for the module `dsl`, and for every module that has its functions.

    Modules that were imported by then, and bound functions by `from dsl import *`, are served too.
    With a `phase`, calls go to the backend as the phase has it, `gather` at a time in phases 2 and
    3, and return `Deferred` results. Without one, every call is made at once, on the processor.
    """
    if phase not in (None, 1, 2, 3):
        raise ValueError(f"a phase is 1, 2, 3 or None, not {phase!r}")
    defer = 0 if phase is None else 1 if phase == 1 else gather
    module = dsl_module if dsl_module is not None else importlib.import_module("dsl")
    functions = {id(f) for f in vars(module).values() if isinstance(f, types.FunctionType)}
    users = [
        other
        for other in list(sys.modules.values())
        if isinstance(other, types.ModuleType)
        and other is not module
        and any(id(value) in functions for value in list(vars(other).values()))
    ]
    context = batch_context(
        module, namespaces=users, backend=backend, defer=defer, resident=phase == 3
    )
    outer = get_current_batch_context()
    with context:
        _local.current = context
        try:
            yield context
        finally:
            _local.current = outer


def get_current_batch_context() -> BatchContext | None:
    """The innermost batch_dsl_context() of this thread, or None."""
    return getattr(_local, "current", None)


# ---- gpu_optimizations --------------------------------------------------------------------------


class MultiGPUOptimizer:
    """Operations on lists of grids."""

    def __init__(self, num_gpus: int | None = None):
        self.num_gpus = 0

    def batch_grid_op_optimized(
        self,
        grids: Sequence[Any],
        operation: Callable[[Any], Any],
        keep_on_gpu: bool = False,
        vectorized: bool = False,
        operation_single: Callable[[Any], Any] | None = None,
    ) -> list[Any]:
        """The operation's result on each grid, in order; the grids may differ in shape.

        An operation on single grids (`operation_single`, or `operation` unless `vectorized`) is
        called with every grid as it was given. A vectorized one is called with an array of one grid
        at a time, of shape (1, height, width), so that nothing is padded.
        """
        if keep_on_gpu:
            raise UnsupportedError("batch_grid_op_optimized(): there is no GPU to keep grids on")
        single = operation_single if vectorized else operation
        if single is not None:
            return [_core.plain(single(grid)) for grid in grids]
        import numpy

        return [operation(numpy.asarray(_core.plain(grid))[numpy.newaxis])[0] for grid in grids]


# ---- mega_batch_batt ----------------------------------------------------------------------------


@dataclasses.dataclass(slots=True)
class BatchInput:
    """One call of a batt."""

    task_id: str
    task_idx: int
    sample_type: str  #: "demo" or "test".
    sample_idx: int
    S: tuple[Any, ...]  #: The task's pairs.
    I: tuple[Any, ...]  # noqa: E741
    C: Any
    log_path: str

    def to_args(self) -> tuple[Any, ...]:
        """The arguments of the call."""
        return self.task_id, self.S, self.I, self.C, self.log_path


@dataclasses.dataclass(slots=True)
class BatchResult:
    """What one call returned; `error` is the exception that it raised, and the lists are empty."""

    batch_idx: int
    o_result: Any
    s_result: Any
    error: Exception | None = None


def _grid(rows: Any) -> tuple[Any, ...]:
    return tuple(tuple(row) for row in rows)


def _settled(value: Any) -> Any:
    """A result with the objects themselves in place of Deferred ones."""
    if type(value) is Deferred:
        return value.to_python()
    if type(value) is list:
        return [_settled(item) for item in value]
    if type(value) is tuple:
        items = [_settled(item) for item in value]
        return value if all(map(operator.is_, items, value)) else tuple(items)
    return value


class MegaBatchCoordinator:
    """Calls a module's `batt` on every sample of many tasks.

    The functions of the batt's `dsl` run on the engine where `enable_gpu`, as by
    `batch_dsl_context()`, in every worker thread. Results don't depend on batches and workers.
    """

    def __init__(
        self,
        batt_module_name: str = "batt",
        batch_size: int = 1000,
        enable_gpu: bool = True,
        parallel: bool = True,
        max_workers: int = 4,
        *,
        phase: Literal[1, 2, 3] | None = None,
        backend: Literal["auto", "cpu", "cuda", "emulated"] = "auto",
        gather: int = 1000,
    ):
        if batch_size < 1 or max_workers < 1:
            raise ValueError("batch_size and max_workers must be at least 1")
        self.batt_module_name = batt_module_name
        self.batch_size = batch_size
        self.enable_gpu = enable_gpu
        self.parallel = parallel
        self.max_workers = max_workers
        self.phase = phase
        self.backend = backend
        self.gather = gather
        self.batt: Callable[..., Any] | None = None
        self.gpu_ops = get_gpu_ops(enable_gpu) if enable_gpu else None

    def load_batt(self) -> None:
        """Imports the module; ValueError where it has no `batt`."""
        if self.batt is not None:
            return
        self.batt = getattr(importlib.import_module(self.batt_module_name), "batt", None)
        if self.batt is None:
            raise ValueError(f"module {self.batt_module_name} has no function batt")

    def collect_inputs(
        self, total_data: dict[str, Any], task_list: Sequence[str], log_path: str = "pile.log"
    ) -> list[BatchInput]:
        """A call for each sample: of each task in turn, the demonstrations, then the tests."""
        inputs = []
        for number, task in enumerate(task_list):
            demo = total_data["demo"].get(task, [])
            pairs = tuple((_grid(s["input"]), _grid(s["output"])) for s in demo)
            for kind, samples in (("demo", demo), ("test", total_data["test"].get(task, []))):
                for k, sample in enumerate(samples):
                    grid = _grid(sample["input"])
                    inputs.append(BatchInput(task, number, kind, k, pairs, grid, None, log_path))
        return inputs

    def create_batches(self, inputs: Sequence[BatchInput]) -> list[list[BatchInput]]:
        """The inputs in pieces of `batch_size`."""
        size = self.batch_size
        return [list(inputs[k : k + size]) for k in range(0, len(inputs), size)]

    def process_single_input(
        self, batch_input: BatchInput, input_idx: int, batch_idx: int
    ) -> BatchResult:
        """One call of the batt. What it raises is logged, and kept as the result's `error`."""
        assert self.batt is not None
        try:
            o, s = self.batt(*batch_input.to_args())
        except Exception as error:
            self._log(batch_idx, input_idx, error)
            return BatchResult(input_idx, [], [], error)
        return BatchResult(input_idx, o, s)

    def process_batch(self, batch: Sequence[BatchInput], batch_idx: int) -> list[BatchResult]:
        """The results of a batch, in its order."""
        self.load_batt()
        if not self.parallel or len(batch) < 2:
            return self._process(list(enumerate(batch)), batch_idx)
        # A context is its thread's own, so each worker has one for its share.
        numbered = list(enumerate(batch))
        shares = [numbered[k :: self.max_workers] for k in range(min(self.max_workers, len(batch)))]
        with concurrent.futures.ThreadPoolExecutor(self.max_workers) as pool:
            done = list(pool.map(lambda share: self._process(share, batch_idx), shares))
        return sorted((r for results in done for r in results), key=lambda r: r.batch_idx)

    def _process(self, share: list[tuple[int, BatchInput]], batch_idx: int) -> list[BatchResult]:
        context: contextlib.AbstractContextManager[Any] = contextlib.nullcontext()
        if self.enable_gpu:
            context = self._context()
        with context:
            results = [self.process_single_input(item, k, batch_idx) for k, item in share]
        # What was put off has been made by now.
        return [self._settled(result, batch_idx) for result in results]

    def _context(self) -> contextlib.AbstractContextManager[Any]:
        return batch_dsl_context(
            self.gpu_ops, phase=self.phase, backend=self.backend, gather=self.gather
        )

    def _settled(self, result: BatchResult, batch_idx: int) -> BatchResult:
        try:
            o, s = _settled(result.o_result), _settled(result.s_result)
        except Exception as error:
            self._log(batch_idx, result.batch_idx, error)
            return BatchResult(result.batch_idx, [], [], error)
        return BatchResult(result.batch_idx, o, s, result.error)

    def _log(self, batch_idx: int, input_idx: int, error: Exception) -> None:
        logger.error("batch %d, input %d: %s: %s", batch_idx, input_idx,
                     type(error).__name__, error)  # fmt: skip

    def merge_results(
        self, inputs: Sequence[BatchInput], results: Sequence[Sequence[BatchResult]]
    ) -> dict[str, Any]:
        """{task: {"demo": {index: {"o": ..., "s": ...}}, "test": {...}}}."""
        merged: dict[str, Any] = {}
        flat = (result for batch in results for result in batch)
        for item, result in zip(inputs, flat):
            task = merged.setdefault(item.task_id, {"demo": {}, "test": {}})
            task[item.sample_type][item.sample_idx] = {"o": result.o_result, "s": result.s_result}
        return merged

    def process_all(
        self, total_data: dict[str, Any], task_list: Sequence[str], log_path: str = "pile.log"
    ) -> tuple[dict[str, Any], float]:
        """The merged results of all tasks, and the seconds that they took."""
        started = time.perf_counter()
        self.load_batt()
        inputs = self.collect_inputs(total_data, task_list, log_path)
        batches = self.create_batches(inputs)
        # Around all of them, so that the workers' contexts have little to install.
        context: contextlib.AbstractContextManager[Any] = contextlib.nullcontext()
        if self.enable_gpu:
            context = batch_dsl_context(self.gpu_ops)
        with context:
            results = [self.process_batch(batch, k) for k, batch in enumerate(batches)]
        merged = self.merge_results(inputs, results)
        seconds = time.perf_counter() - started
        logger.info("%d calls in %d batches: %.3f s", len(inputs), len(batches), seconds)
        return merged, seconds


# ---- safe_dsl -----------------------------------------------------------------------------------

# Tried in this order, as parts of the return annotation's text.
_DEFAULTS: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("FrozenSet", "frozenset", "Object", "Indices", "IntegerSet", "Patch"), frozenset()),
    (("Tuple", "tuple", "Grid", "IJ", "Samples", "Container", "Cell"), ()),
    (("Integer", "Numerical", "int"), 0),
    (("Boolean", "bool"), False),
)


def _safe_default(function: Callable[..., Any]) -> Any:
    """What stands for the result of a call that raised, by the function's return annotation."""
    try:
        hint = str(typing.get_type_hints(function).get("return", ""))
    except Exception:
        return ()
    for parts, default in _DEFAULTS:
        if any(part in hint for part in parts):
            return default
    return (lambda *args, **keywords: ()) if "Callable" in hint else ()


def safe_dsl(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with a default, by its return annotation, in place of every exception."""
    default = _safe_default(function)

    @functools.wraps(function)
    def safe(*args: Any, **keywords: Any) -> Any:
        try:
            return function(*args, **keywords)
        except Exception as error:
            logger.debug("%s: %s", function.__name__, type(error).__name__)
            return default

    code = getattr(function, "__code__", None)
    if code is not None:
        safe._original_argcount = code.co_argcount  # type: ignore[attr-defined]
    return safe


def make_all_dsl_safe(module: types.ModuleType) -> None:
    """Puts safe_dsl() of each public function that a module defines in its place."""
    for name, function in inspect.getmembers(module, inspect.isfunction):
        own = function.__module__ == module.__name__
        if own and not name.startswith("_") and not hasattr(function, "__wrapped__"):
            setattr(module, name, safe_dsl(function))
