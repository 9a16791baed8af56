"""Runs DSL programs under the reference implementation, statement by statement.

The reference is a checkout of arc-dsl (dsl.py, constants.py, solvers.py) in a folder named on
the command line or by ARCBATCH_REFERENCE. Nothing of it is kept here. Expected values are
those of CPython 3.11: the order of sets and the classes of exceptions are part of the answer.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import os
import random
import re
import resource
import signal
import sys
import types

PINNED = (3, 11)
INT_MIN, INT_MAX = -(2**63), 2**63 - 1
MAX_REPR = 5_000_000
MEMORY_LIMIT = 3 << 30

# Why a program cannot be compared. Each is counted and printed.
SKIP_TIME = "reference ran out of time"
SKIP_MEMORY = "reference ran out of memory"
SKIP_SIZE = "repr beyond the size guard"
SKIP_INT = "integer beyond 64 bits"
SKIP_ADDRESS = "set ordered by addresses (None inside)"
SKIP_RECURSION = "close to the recursion limit"
SKIP_UNSTABLE = "outcome depends on the addresses of functions"

_LONG_INT = re.compile(r"-?\d{19,}")
_COUNTING = re.compile(r"\b(?:most|least)(?:common|color)\b")
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)


class TimeLimit(BaseException):
    """Raised inside the reference when its CPU time is spent."""


class Skip(Exception):
    """A value or program that cannot be compared, with the reason."""


_armed = False
_installed = False


def _on_timer(signum, frame):
    if _armed:
        raise TimeLimit()


@contextlib.contextmanager
def cpu_limit(seconds: float):
    """Raises TimeLimit in the body after `seconds` of CPU time of this process."""
    global _armed, _installed
    if not _installed:
        signal.signal(signal.SIGPROF, _on_timer)
        _installed = True
    _armed = True
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        _armed = False
        signal.setitimer(signal.ITIMER_PROF, 0)


def limit_memory(limit: int = MEMORY_LIMIT) -> None:
    """Turns a runaway allocation of this process into MemoryError."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def estimated_size(value) -> float:
    """Length of repr(value), estimated from a sample of its elements, shared parts expanded.

    Iterative, so that a value nested very deeply does not exhaust the stack.
    """
    known: dict[int, float] = {}
    stack = [(value, False)]
    while stack:
        node, ready = stack.pop()
        key = id(node)
        if key in known:
            continue
        if not isinstance(node, (tuple, frozenset)):
            known[key] = 60.0 if callable(node) else 4.0
            continue
        sample = []
        for element in node:
            sample.append(element)
            if len(sample) == 6:
                break
        if isinstance(node, tuple) and len(node) > 6:
            sample[3:] = [node[len(node) // 2], node[-2], node[-1]]
        if ready:
            mean = sum(known[id(e)] for e in sample) / len(sample) if sample else 0.0
            known[key] = 14.0 + len(node) * (mean + 2.0)
        else:
            stack.append((node, True))
            stack.extend((e, False) for e in sample)
    return known[id(value)]


def _plain(value) -> bool:
    """True if the ends of a container look like numbers, cells or rows: no need to estimate."""
    def small(node) -> bool:
        if isinstance(node, tuple) and 0 < len(node) < 100:
            node = node[-1]
            if isinstance(node, tuple) and 0 < len(node) < 100:
                node = node[-1]
        return isinstance(node, int)

    if len(value) > 5000:
        return False
    if isinstance(value, tuple):
        return not value or (small(value[0]) and small(value[-1]))
    return all(small(e) for e, _ in zip(value, range(3)))


def _address_ordered(value) -> bool:
    """True if a set of several elements in `value` has None or a function inside."""

    def unstable(node) -> bool:
        if isinstance(node, (tuple, frozenset)):
            return any(unstable(e) for e in node)
        return node is None or callable(node)

    if isinstance(value, frozenset) and len(value) > 1 and unstable(value):
        return True
    if isinstance(value, (tuple, frozenset)):
        return any(_address_ordered(e) for e in value)
    return False


def taints(value, source: str) -> bool:
    """True if the order of functions by address may show later in the program.

    That is where a set holds several of them, or a tuple of them meets a primitive that counts
    by way of a set. Closures can hide it: a difference is looked at again in any case.
    """
    if callable(value):
        return False
    return _address_ordered(value) or bool(_COUNTING.search(source))


def describe(value, max_repr: int = MAX_REPR):
    """Returns (repr, holds a function) of a value; raises Skip where it cannot be compared."""
    kind = type(value)
    if kind is bool or value is None:
        return repr(value), False
    if kind is int:
        if not INT_MIN <= value <= INT_MAX:
            raise Skip(SKIP_INT)
        return repr(value), False
    if isinstance(value, _FUNCTIONS):
        return repr(value), True
    if not _plain(value) and estimated_size(value) > max_repr:
        raise Skip(SKIP_SIZE)
    try:
        text = repr(value)
    except RecursionError:
        raise Skip(SKIP_RECURSION) from None
    except ValueError:  # more digits than CPython converts
        raise Skip(SKIP_INT) from None
    if len(text) > max_repr:
        raise Skip(SKIP_SIZE)
    if "<" in text:  # never shown, so that its order is no matter here
        return text, True
    if "None" in text and "frozenset" in text and _address_ordered(value):
        raise Skip(SKIP_ADDRESS)
    for match in _LONG_INT.finditer(text):
        if not INT_MIN <= int(match.group()) <= INT_MAX:
            raise Skip(SKIP_INT)
    return text, False


def without_addresses(text: str) -> str:
    """A repr in which every function reads `<function>`, whatever its name and address."""
    out, depth = [], 0
    for part in re.split(r"(<|>)", text):
        if part == "<":
            depth += 1
        elif part == ">":
            depth -= 1
            if depth == 0:
                out.append("<function>")
        elif depth == 0:
            out.append(part)
    return "".join(out)


class Outcome:
    """What a program did: status is value, error or skip (see `reason`)."""

    __slots__ = ("status", "value", "error", "line", "statement", "trace", "reason", "calls",
                 "tainted")

    def __init__(self):
        self.status = "skip"
        self.tainted = False  # a container held functions: their order may have shown
        self.value = self.error = self.line = self.statement = self.reason = None
        # [name, repr] of each completed assignment without functions. A repr of None, here or
        # in `value`, is one that depends on addresses: there is nothing to compare.
        self.trace: list = []
        self.calls: list = []  # (callee, returned, has a set argument) of statement-level calls


def freeze(value):
    """A JSON value as the DSL sees it: lists are tuples."""
    return tuple(freeze(e) for e in value) if isinstance(value, list) else value


class Reference:
    """The reference's primitives, constants and solvers, and a runner for programs."""

    def __init__(self, folder: str, any_python: bool = False):
        if sys.version_info[:2] != PINNED and not any_python:
            raise SystemExit("the reference is pinned to CPython %d.%d, this is %d.%d"
                             % (PINNED + sys.version_info[:2]))
        if not os.path.isfile(os.path.join(folder, "dsl.py")):
            raise SystemExit(f"no dsl.py in the reference folder {folder}")
        self.folder = folder
        sys.dont_write_bytecode = True
        sys.path.insert(0, folder)
        try:
            dsl = importlib.import_module("dsl")
            constants = importlib.import_module("constants")
            self.types = importlib.import_module("arc_types")
        finally:
            sys.path.remove(folder)
        self.primitives = {name: f for name, f in vars(dsl).items()
                           if isinstance(f, types.FunctionType) and f.__module__ == "dsl"}
        self.constants = {name: v for name, v in vars(constants).items()
                          if not name.startswith("_")}
        self.names = {**self.primitives, **self.constants}

    def solver_sources(self) -> dict:
        """Task id -> source text of its solver."""
        with open(os.path.join(self.folder, "solvers.py"), encoding="utf-8") as handle:
            text = handle.read()
        sources = {}
        for block in re.split(r"^(?=def )", text, flags=re.M)[1:]:
            name = re.match(r"def solve_(\w+)\(", block)
            if name:
                sources[name.group(1)] = block.rstrip() + "\n"
        return sources

    def run(self, source: str, args: list, function: str | None = None, seconds: float = 2.0,
            max_repr: int = MAX_REPR) -> Outcome:
        """Runs one `def` of `source` (the last, unless named) on JSON arguments."""
        outcome = self._run(source, args, function, seconds, max_repr)
        if outcome.error == "RecursionError":
            # The depth left differs a little between callers: trust it only if that is immaterial.
            limit = sys.getrecursionlimit()
            sys.setrecursionlimit(limit + 400)
            try:
                again = self._run(source, args, function, seconds, max_repr)
            finally:
                sys.setrecursionlimit(limit)
            if again.error != "RecursionError" or again.line != outcome.line:
                outcome.status, outcome.reason = "skip", SKIP_RECURSION
        if outcome.tainted:
            self.settle(outcome, source, args, function, seconds, max_repr)
        return outcome

    def settle(self, outcome: Outcome, source: str, args: list, function: str | None = None,
               seconds: float = 2.0, max_repr: int = MAX_REPR, variants: int = 6) -> None:
        """Strikes from an outcome what changes when functions lie at other addresses."""
        rng = random.Random(source)
        for _ in range(variants):
            if outcome.status == "skip":
                return
            names, ballast = self._relocated(rng)
            other = self._run(source, args, function, seconds, max_repr, names)
            del ballast
            if ((other.status, other.error, other.line)
                    != (outcome.status, outcome.error, outcome.line)):
                outcome.status, outcome.reason = "skip", SKIP_UNSTABLE
                return
            theirs = dict(map(tuple, other.trace))
            for mine in outcome.trace:
                if mine[1] != theirs.pop(mine[0], None):
                    mine[1] = None
            outcome.trace += [[name, None] for name in theirs]  # held no function this time
            if outcome.value is not None and "<" not in outcome.value:
                outcome.value = outcome.value if outcome.value == other.value else None

    def _relocated(self, rng):
        """The names with every primitive copied to another address, and what holds the place."""
        ballast = [types.FunctionType(_on_timer.__code__, {}) for _ in range(400)]
        rng.shuffle(ballast)
        del ballast[:200]
        names, order = dict(self.constants), list(self.primitives.items())
        rng.shuffle(order)
        for name, f in order:
            names[name] = types.FunctionType(f.__code__, f.__globals__, f.__name__,
                                             f.__defaults__, f.__closure__)
        return names, ballast

    def _run(self, source, args, function, seconds, max_repr, names=None) -> Outcome:
        outcome = Outcome()
        tree = ast.parse(source)
        scope = dict(names or self.names)
        defs = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        if len(defs) > 1:
            exec(compile(ast.Module(defs, []), "<program>", "exec"), scope)
        chosen = next(d for d in reversed(defs) if function in (None, d.name))
        frame = dict(zip((a.arg for a in chosen.args.args), (freeze(a) for a in args)))
        lines = source.split("\n")
        try:
            for node in chosen.body:
                outcome.line = node.lineno
                if self._step(node, scope, frame, outcome, source, seconds, max_repr):
                    return outcome
            outcome.status, outcome.value, outcome.line = "value", "None", None
        except Skip as skip:
            outcome.status, outcome.reason = "skip", str(skip)
        except TimeLimit:
            outcome.status, outcome.reason = "skip", SKIP_TIME
        except MemoryError:
            outcome.status, outcome.reason = "skip", SKIP_MEMORY
        except Exception as error:  # the program's own failure
            outcome.status, outcome.error = "error", type(error).__name__
            outcome.statement = lines[outcome.line - 1].strip()
        return outcome

    def _step(self, node, scope, frame, outcome, source, seconds, max_repr) -> bool:
        """Runs one statement; True when the program has returned."""
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return False  # a docstring
        call = node.value if isinstance(node, (ast.Assign, ast.Return)) else None
        note = self._call_note(call, frame)
        if note:
            outcome.calls.append([note[0], False, note[1]])
        if isinstance(node, ast.Return):
            expression = node.value or ast.Constant(None, lineno=node.lineno, col_offset=0)
            code = compile(ast.Expression(expression), "<program>", "eval")
            with cpu_limit(seconds):
                value = eval(code, scope, frame)
            with cpu_limit(seconds + 2):
                outcome.value, _ = describe(value, max_repr)
            outcome.status, outcome.line = "value", None
        else:
            code = compile(ast.Module([node], []), "<program>", "exec")
            with cpu_limit(seconds):
                exec(code, scope, frame)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                with cpu_limit(seconds + 2):
                    text, holds_function = describe(frame[name], max_repr)
                if not holds_function:
                    outcome.trace.append([name, text])
                elif taints(frame[name], source):
                    outcome.tainted = True
        if note:
            outcome.calls[-1][1] = True
        return isinstance(node, ast.Return)

    def _call_note(self, call, frame):
        """(callee, has a set argument) of a statement that is a call, for the counts."""
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            return None
        name = call.func.id if call.func.id in self.primitives else "(closure)"
        values = call.args + [k.value for k in call.keywords]
        return name, any(isinstance(a, ast.Name) and isinstance(frame.get(a.id), frozenset)
                         for a in values)


def load_tasks(folder: str) -> dict:
    """Task id -> (train pairs, test pairs) of a folder of task files; grids as JSON lists."""
    import json

    tasks = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".json"):
            with open(os.path.join(folder, name), encoding="utf-8") as handle:
                data = json.load(handle)
            tasks[name[:-5]] = (data["train"], data["test"])
    return tasks
