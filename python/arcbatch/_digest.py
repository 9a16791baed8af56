"""Whether a function of the user's module is the one that the engine reproduces.

A function's digest is of its syntax tree without positions, annotations and docstring. Those of the
pinned reference are in `_digests.json`, by name; its text is nowhere in this package.
"""

from __future__ import annotations

import ast
import builtins
import dis
import functools
import hashlib
import inspect
import json
import os
import textwrap
import types
import weakref
from collections.abc import Iterator, Mapping
from typing import Any

# Of code that was found to be what its text says: it will be for ever.
_digests: weakref.WeakKeyDictionary[types.CodeType, tuple[str, str]] = weakref.WeakKeyDictionary()
_globals: weakref.WeakKeyDictionary[types.CodeType, frozenset[str]] = weakref.WeakKeyDictionary()

_LEFT_OUT = {"annotation", "returns", "type_comment", "type_params", "kind", "ctx", "name"}


@functools.lru_cache(maxsize=1)
def pinned() -> dict[str, str]:
    """The digests of the pinned reference's functions, by name."""
    path = os.path.join(os.path.dirname(__file__), "_digests.json")
    with open(path, encoding="utf-8") as handle:
        digests: dict[str, str] = json.load(handle)
    return digests


def _shape(node: Any) -> Any:
    """A tree as nested lists, the same on every version of Python."""
    if isinstance(node, ast.AST):
        fields = [
            [name, _shape(value)]
            for name, value in ast.iter_fields(node)
            if name not in _LEFT_OUT and value is not None and value != []
        ]
        return [type(node).__name__, fields]
    if isinstance(node, list):
        return [_shape(item) for item in node]
    return [type(node).__name__, repr(node)]


def _definition(function: types.FunctionType) -> tuple[str, ast.FunctionDef] | None:
    """A function's text and tree, if it is a plain `def`."""
    try:
        text = textwrap.dedent(inspect.getsource(function))
        tree = ast.parse(text)
    except (OSError, TypeError, SyntaxError, ValueError):
        return None
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.FunctionDef):
        return None
    definition = tree.body[0]
    if definition.name != function.__name__ or definition.decorator_list:
        return None
    return text, definition


def code_in(code: types.CodeType) -> Iterator[types.CodeType]:
    """A code object and all within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from code_in(constant)


def _same_code(a: types.CodeType, b: types.CodeType) -> bool:
    """Whether two code objects do the same, wherever they stand."""
    if (a.co_code, a.co_names, a.co_varnames, a.co_freevars, a.co_cellvars) != (
        b.co_code, b.co_names, b.co_varnames, b.co_freevars, b.co_cellvars,
    ) or len(a.co_consts) != len(b.co_consts):  # fmt: skip
        return False
    for x, y in zip(a.co_consts, b.co_consts):
        if isinstance(x, types.CodeType):
            if not isinstance(y, types.CodeType) or not _same_code(x, y):
                return False
        elif type(x) is not type(y) or repr(x) != repr(y):
            return False
    return True


def _is_plain(function: types.FunctionType) -> bool:
    return not (function.__closure__ or function.__defaults__ or function.__kwdefaults__)


def is_what_its_text_says(function: types.FunctionType) -> bool:
    """Whether a function is what its file says now, without defaults or a closure."""
    found = _definition(function)
    if found is None or not _is_plain(function):
        return False
    # Positions aside, and annotations, which are not part of a function's code.
    try:
        module = compile(found[0], "<text>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    codes = [c for c in module.co_consts if isinstance(c, types.CodeType)]
    return any(c.co_name == function.__name__ and _same_code(c, function.__code__) for c in codes)


def digest(function: Any) -> str | None:
    """The digest of a function, or None where it is not a plain `def` whose text is there."""
    if type(function) is not types.FunctionType or not _is_plain(function):
        return None
    known = _digests.get(function.__code__)
    if known is not None and known[0] == function.__name__:
        return known[1]
    if not is_what_its_text_says(function):
        return None
    found = _definition(function)
    assert found is not None
    definition = found[1]
    first = definition.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        if isinstance(first.value.value, str):
            definition.body = definition.body[1:]
    shape = [[a.arg for a in definition.args.args], _shape(definition)]
    made = hashlib.sha256(json.dumps(shape).encode()).hexdigest()[:32]
    _digests[function.__code__] = (function.__name__, made)
    return made


def globals_read(function: types.FunctionType) -> frozenset[str]:
    """The global names that a function's code reads."""
    names = _globals.get(function.__code__)
    if names is None:
        names = frozenset(
            instruction.argval
            for code in code_in(function.__code__)
            for instruction in dis.get_instructions(code)
            if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME")
        )
        _globals[function.__code__] = names
    return names


def same_functions(space: Mapping[str, Any], digests: Mapping[str, str]) -> dict[str, Any]:
    """The functions of a module that are those of `digests`, and call only such ones.

    `space` is the module's names. A function whose callees differ differs too, and so does one for
    which a builtin has another meaning.
    """
    same = {}
    for name, expected in digests.items():
        function = space.get(name)
        if isinstance(function, types.FunctionType) and digest(function) == expected:
            same[name] = function
    while True:
        wrong = [name for name, function in same.items() if not _reads_only(function, same)]
        if not wrong:
            return same
        for name in wrong:
            del same[name]


def _reads_only(function: types.FunctionType, same: Mapping[str, Any]) -> bool:
    space = function.__globals__
    for name in globals_read(function):
        if name in space:
            if name not in same or space[name] is not same[name]:
                return False
        elif not hasattr(builtins, name) or name in same:
            return False
    return True
