"""The DSL's primitives as Python functions: `from arcbatch.dsl import *`.

They take what the reference's own take, and give what it gives. Tuples and frozensets come back as
values that the engine holds, which equal, hash, print, iterate and index as the Python objects they
stand for; `to_python()` gives those. A call that Python has to make itself, since an argument is a
Python function or holds what the engine has no form for, is made in Python where the primitive is
of functions or of containers of any kind, and raises UnsupportedError elsewhere.
"""

from __future__ import annotations

import inspect
from types import SimpleNamespace
from typing import Any, Callable, Container, FrozenSet, Iterable, List, Tuple, Union  # noqa: UP035

from . import _core, _pure

Boolean = bool
Integer = int
IntegerTuple = Tuple[Integer, Integer]
Numerical = Union[Integer, IntegerTuple]
IntegerSet = FrozenSet[Integer]
Grid = Tuple[Tuple[Integer]]
Cell = Tuple[Integer, IntegerTuple]
Object = FrozenSet[Cell]
Objects = FrozenSet[Object]
Indices = FrozenSet[IntegerTuple]
IndicesSet = FrozenSet[Indices]
Patch = Union[Object, Indices]
Element = Union[Object, Grid]
Piece = Union[Grid, Patch]
TupleTuple = Tuple[Tuple]
ContainerContainer = Container[Container]

__all__ = [
    "Any",
    "Boolean",
    "Callable",
    "Cell",
    "Container",
    "ContainerContainer",
    "Element",
    "FrozenSet",
    "Grid",
    "Indices",
    "IndicesSet",
    "Integer",
    "IntegerSet",
    "IntegerTuple",
    "Iterable",
    "List",
    "Numerical",
    "Object",
    "Objects",
    "Patch",
    "Piece",
    "Tuple",
    "TupleTuple",
    "Union",
]


def _publish() -> None:
    """Gives this module the primitives of the registry."""
    space = globals()
    for number, row in enumerate(_core.registry()):
        name, parameters, types, result, _, _, doc = row
        names = tuple(parameters.split(","))
        annotations = {p: space[t] for p, t in zip(names, types.split(","))}
        primitive = _core.primitive(number)
        vars(primitive).update(
            __qualname__=name,
            __module__=__name__,
            __doc__=doc,
            __annotations__={**annotations, "return": space[result]},
            __signature__=inspect.Signature(
                [
                    inspect.Parameter(p, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=t)
                    for p, t in annotations.items()
                ],
                return_annotation=space[result],
            ),
            __code__=SimpleNamespace(
                co_name=name,
                co_argcount=len(names),
                co_varnames=names,
                co_posonlyargcount=0,
                co_kwonlyargcount=0,
            ),
        )
        if hasattr(_pure, name):
            primitive._fallback = getattr(_pure, name)
        space[name] = primitive
        __all__.append(name)


_publish()
