"""Values of the engine on Python's side."""

from __future__ import annotations

from typing import Any

from . import _core
from ._deferred import undeferred

TupleValue = _core.TupleValue
FrozenSetValue = _core.FrozenSetValue


def to_python(value: Any) -> Any:
    """The plain Python object of a result of `arcbatch.dsl`.

    For a TupleValue or FrozenSetValue the tuple or frozenset that it stands for, made once: a
    frozenset iterates as CPython's own result would, and so does what is made of it. A Deferred
    gives the object that it stands for. Everything else is plain already.
    """
    return _core.plain(undeferred(value))
