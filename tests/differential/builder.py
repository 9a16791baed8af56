"""Builds one random program by running each statement under the reference as it is written.

A statement that returns joins the program and its value the pool of later arguments; one that
raises is either dropped or becomes the program's last statement.
"""

from __future__ import annotations

import sys
import types
from collections import Counter

import kinds as K
from reference import (SKIP_MEMORY, SKIP_RECURSION, SKIP_SIZE, SKIP_TIME, Outcome, Skip, TimeLimit,
                       cpu_limit, describe, freeze, taints)

MAKERS = ("compose", "chain", "matcher", "rbind", "lbind", "power", "fork")
COUNTING = ("mostcommon", "leastcommon", "mostcolor", "leastcolor")
FILTERS = ("sfilter", "mfilter", "extract", "order", "argmax", "argmin", "valmax", "valmin")


class Entry:
    """A value in the pool: the text that stands for it, the value, its kind."""

    __slots__ = ("text", "value", "kind")

    def __init__(self, text, value, kind=None):
        self.text = text
        self.value = value
        self.kind = kind or K.kind_of(value)


class Shared:
    """What all programs of a run share: reference, signatures, counts of calls and skips."""

    def __init__(self, reference, seconds=0.25, max_repr=400_000):
        self.reference = reference
        self.seconds = seconds
        self.max_repr = max_repr
        self.signatures = K.signatures(reference)
        self.primitives = [Entry(n, f, "func") for n, f in reference.primitives.items()]
        self.by_name = {e.text: e for e in self.primitives}
        self.by_value = {id(e.value): self.signatures[e.text] for e in self.primitives}
        self.constants = [Entry(n, v) for n, v in reference.constants.items()]
        self.returned: Counter = Counter()
        self.raised: Counter = Counter()
        self.skipped: Counter = Counter()
        self._functions: dict = {}

    def functions(self, *wanted) -> list:
        """Primitives of as many parameters as `wanted`, each suiting the kinds given there."""
        if wanted not in self._functions:
            self._functions[wanted] = [
                e for e in self.primitives
                if self.signatures[e.text].arity == len(wanted)
                and all(self.signatures[e.text].takes(i, k) for i, k in enumerate(wanted))]
        return self._functions[wanted]


class Builder:
    """A program in the making."""

    def __init__(self, shared: Shared, rng, params: list):
        self.shared = shared
        self.rng = rng
        self.params = params  # [(name, JSON value)]
        self.pool = [Entry(name, freeze(value)) for name, value in params]
        self.sigs: dict = {}
        self.body: list = []
        self.outcome = Outcome()
        self.pending = None

    # -- statements -----------------------------------------------------------------------

    def emit(self, callee: Entry, args: list, keywords: dict | None = None, name=None) -> str:
        """Tries `name = callee(args)`: returns 'value', 'error' (pending) or 'skip'."""
        shared, values = self.shared, [a.value for a in args]
        named = {k: a.value for k, a in (keywords or {}).items()}
        text = ", ".join([a.text for a in args]
                         + [f"{k}={a.text}" for k, a in (keywords or {}).items()])
        name = name or f"x{len(self.body) + 1}"
        line = f"{name} = {callee.text}({text})"
        primitive = callee.text if callee.text in shared.by_name else "(closure)"
        if callee.text in COUNTING and any(e.kind == "funcs" for e in args):
            self.outcome.tainted = True
        has_set = any(isinstance(v, frozenset) for v in values + list(named.values()))
        try:
            with cpu_limit(shared.seconds):
                value = callee.value(*values, **named)
            with cpu_limit(2.0):
                shown, holds_function = describe(value, shared.max_repr)
        except TimeLimit:
            return self._skip(SKIP_TIME)
        except MemoryError:
            return self._skip(SKIP_MEMORY)
        except Skip as skip:
            return self._skip(str(skip))
        except RecursionError:
            if self._borderline(callee.value, values, named):
                return self._skip(SKIP_RECURSION)
            self.pending = (line, "RecursionError", [primitive, False, has_set])
            return "error"
        except Exception as error:  # what the program would fail with
            self.pending = (line, type(error).__name__, [primitive, False, has_set])
            return "error"
        self.body.append(line)
        self.outcome.calls.append([primitive, True, has_set])
        if not holds_function:
            self.outcome.trace.append([name, shown])
        elif taints(value, ""):
            self.outcome.tainted = True
        self.pool.append(Entry(name, value))
        if isinstance(value, types.FunctionType) and primitive in MAKERS and not named:
            made = K.closure_signature(primitive, values, self.signature)
            if made:
                self.sigs[id(value)] = made
        return "value"

    def _skip(self, reason: str) -> str:
        self.shared.skipped[reason] += 1
        return "skip"

    def _borderline(self, function, values, named) -> bool:
        """True if a little more stack would have avoided the RecursionError."""
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(limit + 400)
        try:
            with cpu_limit(self.shared.seconds):
                function(*values, **named)
            return True
        except RecursionError:
            return False
        except (Exception, TimeLimit):
            return True
        finally:
            sys.setrecursionlimit(limit)

    def fail(self) -> None:
        """Ends the program with the pending statement, which raises."""
        line, error, call = self.pending
        self.body.append(line)
        self.outcome.calls.append(call)
        self.outcome.status, self.outcome.error = "error", error
        self.outcome.line, self.outcome.statement = len(self.body) + 1, line

    def finish(self, result: str | None = None) -> dict:
        """The program as a request, with the expected outcome under `expected`."""
        rng, outcome = self.rng, self.outcome
        names = [n for n, _ in outcome.trace]
        if result is None:
            result = names[-1] if names and rng.random() < 0.5 else rng.choice(names or ["T"])
        if outcome.status != "error":
            outcome.status = "value"
            outcome.value = dict(map(tuple, outcome.trace)).get(result, "True")
        head = f"def program({', '.join(n for n, _ in self.params)}):"
        lines = [head] + ["    " + s for s in self.body] + [f"    return {result}", ""]
        for name, returned, _ in outcome.calls:
            (self.shared.returned if returned else self.shared.raised)[name] += 1
        case = {"source": "\n".join(lines), "args": [v for _, v in self.params],
                "expected": outcome}
        if outcome.tainted:
            self.shared.reference.settle(outcome, case["source"], case["args"])
        return case

    # -- arguments ------------------------------------------------------------------------

    def signature(self, function):
        """Signature of a primitive or of a closure made in this program, if known."""
        return self.shared.by_value.get(id(function)) or self.sigs.get(id(function))

    def from_pool(self, accepted=None):
        """A pool entry of one of the kinds, the latest ones preferred; None if there is none."""
        entries = self.pool if accepted is None else [e for e in self.pool if e.kind in accepted]
        if not entries:
            return None
        if self.rng.random() < 0.4:
            return self.rng.choice(entries[-4:])
        return self.rng.choice(entries)

    def literal(self, kind: str) -> Entry:
        """A literal of a kind that has one."""
        rng = self.rng
        if kind == "bool":
            value = rng.random() < 0.5
        elif kind == "pair":
            value = (rng.randint(-4, 9), rng.randint(-4, 9))
        elif kind == "int":
            value = rng.choice((rng.randint(-3, 10), rng.randint(-12, 40)))
        elif kind == "ints":
            value = tuple(rng.randint(-2, 4) for _ in range(rng.randint(0, 5)))
        else:
            value = rng.choice((None, (), ((),), (0,), ((1, 2), (3,)), ((0, True), (1, False)),
                                ((1, (0, 0)), (1, (0, 1))), (1, (2, (3, 4))), (None,)))
        return Entry(repr(value), value)

    def anything(self) -> Entry:
        """Any value at all."""
        roll = self.rng.random()
        if roll < 0.55:
            return self.from_pool()
        if roll < 0.75:
            return self.rng.choice(self.shared.constants)
        if roll < 0.93:
            return self.rng.choice(self.shared.primitives)
        return self.literal(self.rng.choice(("int", "pair", "ints", "bool", "other")))

    def of_kind(self, accepted) -> Entry:
        """A value of one of the kinds: from the pool, a constant, a literal."""
        rng = self.rng
        if "func" in accepted and len(accepted) == 1:
            return self.function(1)
        scalar = accepted & {"int", "pair", "bool"}
        if not scalar or rng.random() < 0.5:
            entry = self.from_pool(accepted)
            if entry:
                return entry
        if not scalar:
            return self.anything()
        kind = rng.choice(sorted(scalar))
        if rng.random() < 0.12:
            return self.literal(kind)
        return rng.choice([e for e in self.shared.constants if e.kind == kind])

    def function(self, arity: int, *kinds) -> Entry:
        """A callable of `arity` parameters that suits `kinds` (None: any) where one is known."""
        rng = self.rng
        wanted = [frozenset((k,)) if isinstance(k, str) else (k or K.EVERYTHING) for k in kinds]
        wanted += [K.EVERYTHING] * (arity - len(wanted))
        if rng.random() < 0.3:
            closures = []
            for entry in self.pool:
                sig = self.sigs.get(id(entry.value)) if entry.kind == "func" else None
                if sig and sig.arity == arity and all(sig.takes(i, k) for i, k in
                                                      enumerate(wanted)):
                    closures.append(entry)
            if closures:
                return rng.choice(closures)
        fitting = self.shared.functions(*wanted)
        if fitting and rng.random() < 0.93:
            return rng.choice(fitting)
        return rng.choice(self.shared.primitives)

    def result_kinds(self, function: Entry):
        """Kinds that a callable is annotated to return."""
        sig = self.signature(function.value)
        return K.ACCEPTS[sig.result] if sig else None

    @staticmethod
    def element_kind(entry: Entry):
        """Kind of an element of a container, if it has any."""
        if isinstance(entry.value, (tuple, frozenset)) and entry.value:
            return K.kind_of(next(iter(entry.value)))
        return None

    def typed_args(self, name: str) -> list:
        """Arguments for a primitive with a chance of being accepted."""
        rng = self.rng
        params = self.shared.signatures[name].params
        containers = K.ACCEPTS["Container"]
        if name in FILTERS:
            box = self.of_kind(containers)
            return [box, self.function(1, self.element_kind(box))]
        if name in ("apply", "mapply"):
            box = self.of_kind(containers)
            return [self.function(1, self.element_kind(box)), box]
        if name in ("papply", "mpapply", "prapply"):
            accepted = containers if name == "prapply" or rng.random() < 0.2 else K.TUPLES
            a, b = self.of_kind(accepted), self.of_kind(accepted)
            return [self.function(2, self.element_kind(a), self.element_kind(b)), a, b]
        if name == "rapply":
            value = self.from_pool()
            if rng.random() < 0.6:
                both = [self.function(1, value.kind), self.function(1, value.kind)]
                self.emit(self.shared.by_name["astuple"], both)
            return [self.from_pool({"funcs", "tuple", "set"}) or self.anything(), value]
        if name in MAKERS:
            return self.maker_args(name)
        return [self.of_kind(K.ACCEPTS[p]) for p in params]

    def maker_args(self, name: str) -> list:
        """Arguments for a function-building primitive such that the closure can work."""
        rng = self.rng
        if name in ("rbind", "lbind"):
            function = self.function(rng.choice((2, 2, 2, 3, 3, 4)))
            sig = self.signature(function.value)
            if sig is None:
                return [function, self.anything()]
            return [function, self.of_kind(K.ACCEPTS[sig.params[-1 if name == "rbind" else 0]])]
        inner = self.function(1, rng.choice(("grid", "object", "indices", "int", "pair", "objects",
                                             None)))
        got = self.result_kinds(inner)
        if name == "compose":
            return [self.function(1, got), inner]
        if name == "chain":
            middle = self.function(1, got)
            return [self.function(1, self.result_kinds(middle)), middle, inner]
        if name == "fork":
            sig = self.signature(inner.value)
            second = self.function(1, K.ACCEPTS[sig.params[0]] if sig and sig.params else None)
            return [self.function(2, got, self.result_kinds(second)), inner, second]
        if name == "matcher":
            return [inner, self.of_kind(got) if got else self.anything()]
        times = rng.choice(self.shared.constants[3:6]) if rng.random() < 0.9 else self.anything()
        return [inner, times]

    # -- whole statements -----------------------------------------------------------------

    def loose_args(self, name: str) -> list:
        """Arguments of which only the callables are chosen by type."""
        return [self.of_kind(K.ACCEPTS["Callable"]) if p == "Callable" else self.anything()
                for p in self.shared.signatures[name].params]

    def attempt(self, name: str, typed: bool, loose: bool = False) -> str:
        """One try at a call of a primitive, its arguments by type, partly by type or at random."""
        callee, rng = self.shared.by_name[name], self.rng
        arity = self.shared.signatures[name].arity
        if typed:
            args = self.typed_args(name)
        elif loose:
            args = self.loose_args(name)
        else:
            args = [self.anything() for _ in range(arity)]
        keywords = None
        roll = rng.random()
        if roll < 0.02:
            position = rng.randrange(len(args))
            args[position] = self.nested(args[position])
        elif roll < 0.05:
            names = callee.value.__code__.co_varnames[:arity]
            split = rng.randrange(arity)
            keywords = dict(rng.sample(list(zip(names[split:], args[split:])), arity - split))
            args = args[:split]
            if rng.random() < 0.1:
                keywords[rng.choice(("value", "grid", "x", "patch"))] = self.anything()
        elif roll < 0.056:
            args = args[:-1] if rng.random() < 0.5 else args + [self.anything()]
        return self.emit(callee, args, keywords)

    def nested(self, entry: Entry) -> Entry:
        """The entry wrapped in a call that returns, or the entry itself."""
        outer = self.function(1, entry.kind)
        try:
            with cpu_limit(self.shared.seconds):
                value = outer.value(entry.value)
            describe(value, self.shared.max_repr)
        except (Exception, TimeLimit):
            return entry
        return Entry(f"{outer.text}({entry.text})", value)

    def call_closure(self, typed: bool) -> str:
        """One try at calling a function made in this program."""
        closures = [e for e in self.pool if e.kind == "func"]
        if not closures:
            return "skip"
        callee = self.rng.choice(closures[-6:])
        sig = self.signature(callee.value)
        arity = callee.value.__code__.co_argcount if sig is None else sig.arity
        if sig and typed:
            args = [self.of_kind(K.ACCEPTS[p]) for p in sig.params]
        else:
            args = [self.anything() for _ in range(arity)]
        return self.emit(Entry(callee.text, callee.value, "func"), args)
