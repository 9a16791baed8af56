"""Kinds of values and the argument kinds that each primitive's annotations ask for.

Only a guide for choosing arguments that have a chance of being accepted: nothing here decides
what is right.
"""

from __future__ import annotations

import types

SETS = frozenset(["indices", "object", "objects", "indicesset", "setset", "intset", "gridset",
                  "set", "empty"])
TUPLES = frozenset(["pair", "ints", "grid", "grids", "sets", "cell", "cells", "funcs", "tuple"])
NUMBERS = frozenset(["int", "bool"])
EVERYTHING = SETS | TUPLES | NUMBERS | {"none", "func"}

# Annotation name -> kinds that suit it.
ACCEPTS = {
    "Any": EVERYTHING,
    "Numerical": frozenset(["int", "pair"]),
    "Integer": frozenset(["int"]),
    "Boolean": frozenset(["bool", "int"]),
    "IntegerTuple": frozenset(["pair"]),
    "IntegerSet": frozenset(["intset", "ints", "pair"]),
    "Grid": frozenset(["grid"]),
    "Cell": frozenset(["cell"]),
    "Object": frozenset(["object"]),
    "Objects": frozenset(["objects"]),
    "Indices": frozenset(["indices"]),
    "IndicesSet": frozenset(["indicesset"]),
    "Patch": frozenset(["object", "indices"]),
    "Element": frozenset(["object", "grid"]),
    "Piece": frozenset(["grid", "object", "indices"]),
    "FrozenSet": SETS,
    "Tuple": TUPLES,
    "TupleTuple": frozenset(["cells", "grid", "grids", "tuple"]),
    "Container": SETS | TUPLES,
    "ContainerContainer": frozenset(["objects", "indicesset", "setset", "grids", "grid", "sets",
                                     "gridset", "cells"]),
    "Callable": frozenset(["func"]),
}

# Kind of a container -> kind of its elements.
ELEMENT = {
    "indices": "pair", "object": "cell", "objects": "object", "indicesset": "indices",
    "setset": "set", "intset": "int", "gridset": "grid", "pair": "int", "ints": "int",
    "grid": "ints", "grids": "grid", "sets": "object", "cells": "pair", "cell": "pair",
    "funcs": "func",
}

# Kind -> the annotation that stands for it in the signature of a closure.
AS_ANNOTATION = {
    "int": "Integer", "bool": "Boolean", "pair": "IntegerTuple", "grid": "Grid",
    "object": "Object", "indices": "Indices", "objects": "Objects", "indicesset": "IndicesSet",
    "cell": "Cell", "intset": "IntegerSet",
}


def kind_of(value) -> str:
    """The kind of a value, judged by its first few elements."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    if isinstance(value, tuple):
        return _tuple_kind(value)
    if isinstance(value, frozenset):
        return _set_kind(value)
    return "none" if value is None else "func"


def _tuple_kind(value: tuple) -> str:
    if not value:
        return "tuple"
    kinds = {kind_of(e) for e in value[:4]}
    if kinds <= NUMBERS:
        return "pair" if len(value) == 2 else "ints"
    if kinds <= {"ints", "pair"}:
        width = len(value[0])
        return "grid" if all(isinstance(r, tuple) and len(r) == width for r in value) else "cells"
    if kinds == {"func"}:
        return "funcs"
    if kinds == {"grid"}:
        return "grids"
    if len(value) == 2 and kinds <= {"int", "bool", "pair"}:
        return "cell"
    if kinds <= SETS:
        return "sets"
    if kinds <= {"cell"}:
        return "cells"
    return "tuple"


def _set_kind(value: frozenset) -> str:
    if not value:
        return "empty"
    kinds = set()
    for element in value:
        kinds.add(kind_of(element))
        if len(kinds) > 2:
            break
    if kinds <= NUMBERS:
        return "intset"
    if kinds == {"pair"}:
        return "indices"
    if kinds == {"cell"}:
        return "object"
    if kinds <= {"object", "empty"}:
        return "objects"
    if kinds <= {"indices", "empty"}:
        return "indicesset"
    if kinds <= SETS:
        return "setset"
    return "gridset" if kinds == {"grid"} else "set"


class Signature:
    """Annotation names of a callable's parameters and result."""

    __slots__ = ("params", "result")

    def __init__(self, params, result):
        self.params = tuple(params)
        self.result = result

    @property
    def arity(self) -> int:
        return len(self.params)

    def takes(self, position: int, kinds) -> bool:
        """Whether parameter `position` suits one of `kinds`."""
        return not ACCEPTS[self.params[position]].isdisjoint(kinds)


def signatures(reference) -> dict:
    """Primitive name -> Signature, from the reference's annotations."""
    names = {}
    for name in ACCEPTS:
        alias = getattr(reference.types, name, None)
        if alias is not None:
            names.setdefault(repr(alias), name)
    names.update({"<class 'int'>": "Integer", "<class 'bool'>": "Boolean"})
    table = {}
    for name, function in reference.primitives.items():
        notes = function.__annotations__
        code = function.__code__
        params = [names.get(repr(notes.get(p)), "Callable" if p not in notes else "Any")
                  for p in code.co_varnames[:code.co_argcount]]
        table[name] = Signature(params, names.get(repr(notes.get("return")), "Any"))
    return table


def closure_signature(maker: str, args: list, of) -> Signature | None:
    """Signature of what a function-building primitive returned, or None if unknown.

    `args` are the argument values, `of(value)` the signature of a callable among them.
    """
    functions = [of(a) if isinstance(a, types.FunctionType) else None for a in args]
    if maker in ("compose", "chain") and all(functions):
        if functions[-1].arity == 1:
            return Signature(functions[-1].params, functions[0].result)
    elif maker == "fork" and all(functions) and functions[1].arity == 1:
        return Signature(functions[1].params, functions[0].result)
    elif maker == "matcher" and functions[0]:
        return Signature(functions[0].params[:1] or ("Any",), "Boolean")
    elif maker == "power" and functions[0]:
        return functions[0]
    elif maker in ("rbind", "lbind") and functions[0] and functions[0].arity > 1:
        params = functions[0].params
        return Signature(params[:-1] if maker == "rbind" else params[1:], functions[0].result)
    return None
