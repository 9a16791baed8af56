"""Compiling programs and calling their functions."""

from __future__ import annotations

import inspect
import os
import textwrap
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple, Union

from . import _core
from ._digest import code_in, globals_read, pinned, same_functions
from ._errors import Message, ProgramError
from ._outcomes import Outcome

ProgramLike = Union[str, "os.PathLike[str]", Callable[..., Any], types.ModuleType, "Program"]


class Function(NamedTuple):
    """A function of a program: `required` counts the parameters that have no default."""

    name: str
    parameters: tuple[str, ...]
    required: int
    line: int


def _messages(raw: list[tuple[str, int, int, str, bytes]]) -> list[Message]:
    messages = []
    for file, line, column, msg, text in raw:
        # The engine counts bytes, Python characters.
        before = text[: max(column - 1, 0)].decode("utf-8", "replace")
        messages.append(Message(file, line, len(before) + 1, msg, text.decode("utf-8", "replace")))
    return messages


Dialect = Literal["arc-dsl", "tokpidjin"]

DIALECTS = ("arc-dsl", "tokpidjin")


class Program:
    """A compiled program. Make one with `compile()`; it is immutable, and threads may share it."""

    __slots__ = ("_core", "dialect", "file", "functions", "source", "warnings")

    #: Where the text comes from: a path, or "<string>".
    file: str
    #: The text.
    source: str
    #: The language that it is written in: "arc-dsl" or "tokpidjin".
    dialect: Dialect
    #: The functions that can be called, by name, in the order of the text.
    functions: dict[str, Function]
    #: Names that are not known and the like: what raises only where it is reached.
    warnings: list[Message]

    def __init__(self, source: str, file: str = "<string>", dialect: Dialect = "arc-dsl"):
        """Compiles `source`; `file` only names it. Raises ProgramError."""
        core = _core.compile(source, file, dialect)
        if not core.ok:
            raise ProgramError(_messages(core.errors))
        self._core = core
        self.file = file
        self.source = source
        self.dialect = dialect
        self.functions = {f[0]: Function(*f) for f in core.functions}
        self.warnings = _messages(core.warnings)

    def call(self, name: str, /, *args: Any, **options: Any) -> Outcome:
        """Calls the function `name` with `args` and returns how that ended.

        Arguments are None, bools, ints of 64 bits, tuples and frozensets of such, deeply. A
        frozenset keeps its iteration order. Lists and NumPy arrays are taken as tuples. Anything
        else raises TypeError, and a name that the program lacks KeyError; whatever happens in the
        call itself is the outcome. `outcome.object` is the value that was returned.

        Options are `max_steps`, `max_bytes`, `max_seconds` and `max_memory`, as in `evaluate()`.
        The GIL is free meanwhile, and Ctrl-C ends the call.
        """
        unknown = options.keys() - _CALL_OPTIONS
        if unknown:
            raise TypeError(f"call() has no option {sorted(unknown)[0]!r}")
        if name not in self.functions:
            raise KeyError(f"{self.file} has no function {name!r}")
        given = {key: value for key, value in options.items() if value is not None}
        (status, value, error, line, statement, reason, steps, output, seconds,
         boxed) = self._core.call(name, args, given)  # fmt: skip
        outcome = Outcome(
            program=name,
            source=0,
            file=self.file,
            task=None,
            split=None,
            index=None,
            status=status,
            value=value,
            match=None,
            error=error,
            line=line,
            statement=statement,
            reason=reason,
            steps=steps,
            output=output,
            seconds=seconds,
            score=None,
            compared=None,
            example=None,
        )
        outcome._boxed = boxed
        return outcome

    def __call__(self, *args: Any, **options: Any) -> Outcome:
        """Calls the program's only function, as `call()` does; ValueError if it has several."""
        if len(self.functions) != 1:
            names = ", ".join(list(self.functions)[:5])
            raise ValueError(
                f"{self.file} has {len(self.functions)} functions ({names}...): "
                "say which one with call(name, ...)"
            )
        return self.call(next(iter(self.functions)), *args, **options)

    def __repr__(self) -> str:
        count = len(self.functions)
        return f"<arcbatch.Program {self.file}: {count} function{'' if count == 1 else 's'}>"


_CALL_OPTIONS = {"max_steps", "max_bytes", "max_seconds", "max_memory", "kernels"}


def _read(path: str) -> str:
    with open(path, encoding="utf-8", newline="") as handle:
        return handle.read()


def _function_source(function: types.FunctionType) -> tuple[str, str]:
    """The text of a function, on the lines where it stands in its file, and that file's name."""
    if function.__name__ == "<lambda>":
        raise TypeError("a lambda has no name: write a function with def")
    lines, first = inspect.getsourcelines(function)
    text = textwrap.dedent("".join(lines))
    return "\n" * (max(first, 1) - 1) + text, inspect.getsourcefile(function) or "<string>"


class _Dialect:
    """Tells whether a name of the dialect stands for the dialect's own thing in Python too."""

    def __init__(self) -> None:
        self.constants = _core.constants()
        self.primitives = {row[0] for row in _core.registry()}
        self._same: dict[int, dict[str, Any]] = {}  # by id of a module's names

    def has(self, name: str) -> bool:
        return name in self.primitives or name in self.constants

    def is_own(self, name: str, value: Any) -> bool:
        if name in self.constants:
            return type(value) is type(self.constants[name]) and value == self.constants[name]
        if isinstance(value, _core.Primitive):
            return value.__name__ == name
        if type(value) is not types.FunctionType:
            return False
        from ._batch_context import routed_name

        if routed_name(value) == name:
            return True
        space = value.__globals__
        same = self._same.get(id(space))
        if same is None:
            same = self._same[id(space)] = same_functions(space, pinned())
        return same.get(name) is value


def _check_names(program: Program, functions: list[types.FunctionType], own: Any) -> None:
    """ProgramError where Python would call something else by a name than the engine.

    `own` are the names of the module that is compiled, whose functions are part of it.
    """
    dialect = _Dialect()
    lines = program.source.splitlines()
    good: set[tuple[str, int]] = set()  # names, and what they stand for
    for function in functions:
        # Most functions read nothing new, which takes no look at their instructions.
        space = function.__globals__
        if not function.__code__.co_freevars and all(
            not dialect.has(name) or (name, id(space.get(name))) in good
            for code in code_in(function.__code__)
            for name in code.co_names
        ):
            continue
        for name in sorted(globals_read(function) | set(function.__code__.co_freevars)):
            if not dialect.has(name):
                continue
            if name in function.__code__.co_freevars:
                known = False
            elif name not in function.__globals__:
                continue
            else:
                value = function.__globals__[name]
                part = name in program.functions and getattr(value, "__globals__", None) is own
                known = part or dialect.is_own(name, value)
                good.add((name, id(value)))
            if not known:
                line = function.__code__.co_firstlineno
                text = lines[line - 1] if line <= len(lines) else ""
                said = f"{function.__name__}: the name {name!r} is something else in Python"
                raise ProgramError([Message(program.file, line, 1, said, text)])


def compile(  # noqa: A001
    program: ProgramLike, *, file: str | None = None, dialect: Dialect = "arc-dsl"
) -> Program:
    """Compiles a program and returns it as a `Program`.

    `program` is one of:

    - source text: a str, unless it is a single line that ends in ".py";
    - the path of a .py file: such a line, or a pathlib.Path;
    - a Python function written with `def`, whose text Python can find; what it uses from around
      it is not compiled with it, except the DSL's own names;
    - a module of solvers;
    - a Program, which is returned as it is.

    A function or module that has something else under a name of the DSL, such as a fork's function
    that differs from the pinned reference's, is refused with ProgramError.

    `file` is the name that errors and outcomes give the program, instead of its own.

    `dialect` is the language that the program is written in: "arc-dsl", or "tokpidjin", of which
    texts and paths are taken, but neither functions nor modules, whose names cannot be compared
    with its reference. ValueError for other names, and for a Program of another dialect.

    Raises ProgramError, a SyntaxError, for what is not Python or beyond the subset that arcbatch runs;
    OSError for what cannot be read; TypeError for anything else.
    """
    if dialect not in DIALECTS:
        raise ValueError(f"no dialect is called {dialect!r}: there are {', '.join(DIALECTS)}")
    if isinstance(program, Program):
        if program.dialect != dialect:
            raise ValueError(f"{program.file} is compiled as {program.dialect}, not as {dialect}")
        return program
    if isinstance(program, os.PathLike) or (
        isinstance(program, str) and "\n" not in program and program.endswith(".py")
    ):
        path = os.fspath(program)
        return Program(_read(path), file or path, dialect)
    if isinstance(program, str):
        return Program(program, file or "<string>", dialect)
    if dialect != "arc-dsl" and isinstance(program, (types.FunctionType, types.ModuleType)):
        raise TypeError(f"a program of {dialect} is text or a path, not {type(program).__name__}")
    if isinstance(program, types.FunctionType):
        source, found = _function_source(program)
        compiled = Program(source, file or found)
        _check_names(compiled, [program], None)
        return compiled
    if isinstance(program, types.ModuleType):
        compiled = Program(inspect.getsource(program), file or program.__file__ or program.__name__)
        names = vars(program)
        functions = [f for f in names.values() if type(f) is types.FunctionType]
        _check_names(compiled, [f for f in functions if f.__globals__ is names], names)
        return compiled
    raise TypeError(
        "a program is source text, a path, a function, a module or a Program, "
        f"not {type(program).__name__}"
    )


def compile_all(programs: Any, dialect: Dialect = "arc-dsl") -> list[Program]:
    """The programs of anything that `evaluate()` takes; a folder stands for its .py files."""
    if programs is None:
        if dialect != "arc-dsl":
            raise ValueError(f"the examples built in are not of {dialect}: name programs")
        return [Program(text, name) for name, text in _core.embedded_programs()]
    if isinstance(programs, (str, os.PathLike, Program, types.ModuleType)) or callable(programs):
        return list(_expand(programs, dialect))
    return [compiled for item in programs for compiled in _expand(item, dialect)]


def _expand(program: ProgramLike, dialect: Dialect = "arc-dsl") -> Iterator[Program]:
    folder = None
    if isinstance(program, os.PathLike):
        folder = Path(program)
    elif isinstance(program, str) and "\n" not in program and len(program) < 1024:
        folder = Path(program)
    if folder is None or not folder.is_dir():
        yield compile(program, dialect=dialect)
        return
    files = sorted(folder.rglob("*.py"))
    if not files:
        raise FileNotFoundError(f"no .py files in {folder}")
    for path in files:
        yield compile(path, dialect=dialect)
