"""Running one function on many inputs within a batch context."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from . import _core
from ._digest import globals_read, is_what_its_text_says
from ._errors import ProgramError
from ._program import Program, compile

_CONSTANTS = _core.constants()


@dataclasses.dataclass
class BatchRun:
    """What `ctx.run()` did: the results in the order of the inputs, and how they were come by."""

    results: list[Any]
    compiled: bool  #: Whether the function ran in the engine as a whole.
    reason: str | None  #: Why it did not.
    in_python: int  #: How many inputs Python ran all the same: those that the engine did not end.

    def __len__(self) -> int:
        return len(self.results)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.results)

    def __getitem__(self, index: int) -> Any:
        return self.results[index]


def _program_of(
    function: Callable[..., Any], prims: Mapping[int, str]
) -> tuple[Program | None, str | None]:
    """The function compiled, or why it cannot be."""
    if type(function) is not types.FunctionType:
        return None, "it is not a plain Python function"
    if not is_what_its_text_says(function):
        return None, "its text is not there, or is not what runs"
    for name in sorted(globals_read(function)):
        if name not in function.__globals__:
            return None, f"the name {name} is not the dialect's"
        value = function.__globals__[name]
        if prims.get(id(value)) == name:
            continue
        constant = _CONSTANTS.get(name)
        if name not in _CONSTANTS or type(value) is not type(constant) or value != constant:
            return None, f"the name {name} is not the dialect's"
    try:
        return compile(function), None
    except ProgramError as error:
        return None, str(error)


def run_inputs(
    function: Callable[..., Any], inputs: Iterable[Any], prims: Mapping[int, str]
) -> BatchRun:
    """See BatchContext.run(). `prims` has the dialect's name of a function, by its id."""
    arguments = list(inputs)
    program, reason = _program_of(function, prims)
    if program is None:
        return BatchRun([function(x) for x in arguments], False, reason, len(arguments))
    name = function.__name__

    def call(argument: Any) -> Any:
        try:
            return program.call(name, argument)
        except TypeError:
            return None  # an argument that the engine has no form for

    with concurrent.futures.ThreadPoolExecutor(_core.available_cores()) as pool:
        outcomes = list(pool.map(call, arguments))
    results = []
    in_python = 0
    for argument, outcome in zip(arguments, outcomes):
        # Lists and arrays are tuples to the engine, but not to Python.
        takes = isinstance(argument, (bool, int, tuple, frozenset)) or argument is None
        boxed = outcome._boxed if outcome is not None and takes else None
        if boxed is None:
            in_python += 1
            results.append(function(argument))
        else:
            results.append(boxed[0])
    return BatchRun(results, True, None, in_python)
