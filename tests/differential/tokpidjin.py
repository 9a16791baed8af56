#!/usr/bin/env python3
"""Compares the engine with the reference of the dialect tokpidjin.

    tokpidjin.py calls    --count N --reference DIR                       random calls
    tokpidjin.py calls    --functions fresh --least 2000 --reference DIR  until each has as many
    tokpidjin.py solvers  --reference DIR --tasks DIR --solvers FILE      solvers on their own tasks
    tokpidjin.py mutants  --count N --reference DIR --tasks DIR --solvers FILE
    tokpidjin.py record   --reference DIR --out DIR --count N   N cases of each function, as files
    tokpidjin.py batt     --reference DIR --tasks DIR --count N FILE...   batt files on N tasks

The reference is a checkout of tokpidjin, which needs NumPy. Its dsl.py runs as it is but for its
logging calls, which are taken out of the text: they format every argument. Nothing of it is kept.
Every assignment is compared by repr, functions by name alone, a failure by class and line. What
depends on addresses (sets of None, nan or functions) the engine refuses; refusals are counted.
With --functions, calls and mutants go to those functions, the least called first.
Exits 1 on any difference.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import inspect
import itertools
import json
import os
import random
import re
import sys
import time
import types
from collections import Counter

import engine as engine_module
from reference import TimeLimit, cpu_limit, estimated_size, limit_memory

ADDRESS = re.compile(r" at 0x[0-9a-f]+>")
LOGGING = re.compile(r"^\s*logger\.info\(.*\)\s*$", re.M)
MAX_REPR = 5_000_000
BATCH = 64
ALLOWED = re.compile(r"address|hash order|order of a set|64.?bit|budget|steps|bytes|depth|recursion|size")


class Reference:
    """tokpidjin's functions and constants."""

    def __init__(self, folder: str):
        sys.dont_write_bytecode = True
        sys.path.insert(0, folder)
        with open(os.path.join(folder, "dsl.py"), encoding="utf-8") as handle:
            text = LOGGING.sub("", handle.read())
        module = types.ModuleType("dsl")
        sys.modules["dsl"] = module
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(text, "dsl.py", "exec"), module.__dict__)
        import constants
        self.functions = {n: f for n, f in vars(module).items()
                          if inspect.isfunction(f) and f.__module__ == "dsl"
                          and not n.startswith("_")}
        self.constants = {n: v for n, v in vars(constants).items()
                          if isinstance(v, (int, tuple)) and not n.startswith("_")}
        self.names = {**self.functions, **self.constants}


def shown(value) -> str | None:
    """repr(value) with functions by name alone; None where it is too long."""
    if isinstance(value, (tuple, frozenset, list)) and estimated_size(value) > MAX_REPR:
        return None
    return ADDRESS.sub(">", repr(value))


class Run:
    """What the reference made of a program: (name, repr) of the assignments, then how it ended."""

    def __init__(self):
        self.trace: list = []
        self.status = "skip"
        self.value = self.error = self.line = None


def run(reference: Reference, source: str, args: list, seconds: float = 3.0) -> Run:
    """Runs the last def of a program, statement by statement."""
    result = Run()
    tree = ast.parse(source)
    chosen = [n for n in tree.body if isinstance(n, ast.FunctionDef)][-1]
    frame = dict(zip((a.arg for a in chosen.args.args), args))
    scope = dict(reference.names)
    for node in chosen.body:
        result.line = node.lineno
        try:
            with cpu_limit(seconds):
                if isinstance(node, ast.Return):
                    value = eval(compile(ast.Expression(node.value), "p", "eval"), scope, frame)
                else:
                    exec(compile(ast.Module([node], []), "p", "exec"), scope, frame)
                    value = frame[node.targets[0].id]
                text = shown(value)
        except (TimeLimit, MemoryError, RecursionError):
            return result
        except Exception as error:
            result.status, result.error = "error", type(error).__name__
            return result
        if text is None:
            return result
        if isinstance(node, ast.Return):
            result.status, result.value, result.line = "value", text, None
        elif "<function" not in text:
            result.trace.append((node.targets[0].id, text))
    return result


# -- random calls -----------------------------------------------------------------------------

def random_grid(rng, colors=4):
    h, w = rng.randint(1, 5), rng.randint(1, 5)
    palette = rng.sample(range(10), rng.randint(1, colors))
    return tuple(tuple(rng.choice(palette) for _ in range(w)) for _ in range(h))


def random_argument(rng):
    """A value that JSON can write."""
    kind = rng.randrange(12)
    if kind < 4:
        return random_grid(rng)
    if kind == 4:
        return rng.randint(-3, 9)
    if kind == 5:
        return (rng.randint(-3, 6), rng.randint(-3, 6))
    if kind == 6:
        return (rng.randint(-2, 5), rng.randint(-2, 5), rng.randint(0, 9))
    if kind == 7:
        return tuple(rng.randint(-3, 9) for _ in range(rng.randint(0, 5)))
    if kind == 8:
        return tuple((rng.randint(0, 4), rng.randint(0, 4), rng.randint(0, 3))
                     for _ in range(rng.randint(0, 6)))
    if kind == 9:
        return tuple((random_grid(rng), random_grid(rng)) for _ in range(rng.randint(1, 3)))
    if kind == 10:
        return rng.choice([None, True, False, (), ((),), ((1, 2), (3,)), (True, 0), ((0, 1), 2)])
    return tuple(random_grid(rng, 2) for _ in range(rng.randint(0, 3)))


def kinds_of(value) -> set:
    """What a value can stand for among the reference's annotations."""
    if callable(value):
        return {"Callable"}
    if isinstance(value, bool):
        return {"Boolean", "Integer"}
    if isinstance(value, int):
        return {"Integer", "Numerical", "C_", "FL", "F_", "R8", "R4", "A8", "A4"}
    kinds = set()
    if isinstance(value, tuple):
        kinds = {"Tuple", "Container"}
        if len(value) == 2 and all(isinstance(e, int) for e in value):
            kinds |= {"IJ", "Numerical"}
        if len(value) == 3 and all(isinstance(e, int) for e in value):
            kinds |= {"Cell"}
        if value and all(isinstance(e, tuple) and e and all(isinstance(c, int) for c in e)
                         for e in value):
            kinds |= {"Grid"}
        if value and all(isinstance(e, tuple) and len(e) == 2 and isinstance(e[0], tuple)
                         and isinstance(e[1], tuple) for e in value):
            kinds |= {"Samples"}
        if all(isinstance(e, (tuple, frozenset)) for e in value):
            kinds |= {"ContainerContainer", "TupleTuple"}
    if isinstance(value, frozenset):
        kinds = {"FrozenSet", "Container"}
        if all(isinstance(e, tuple) and len(e) == 3 for e in value):
            kinds |= {"Object", "Patch"}
        if all(isinstance(e, tuple) and len(e) == 2 for e in value):
            kinds |= {"Indices", "Patch"}
        if all(isinstance(e, frozenset) for e in value):
            kinds |= {"Objects", "IndicesSet", "ContainerContainer"}
        if all(isinstance(e, int) for e in value):
            kinds |= {"IntegerSet"}
    return kinds


def annotation(text) -> str:
    return str(text or "Any")


class Aim:
    """The functions that calls should go to, the least called first."""

    def __init__(self, reference: Reference, names: list):
        if names == ["fresh"]:
            rows = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../../src/primitives/tokpidjin/tokpidjin.def")
            with open(rows, encoding="utf-8") as handle:
                names = re.findall(r'^ARC_TOKPIDJIN\(\w+, "(\w+)".*, fresh,', handle.read(), re.M)
        self.made = Counter()
        self.names = [n for n in names if n in reference.functions]
        for name in set(names) - set(self.names):
            print(f"{name}: no function of the reference's dsl.py, left to batt files")

    def next(self, arity: int | None = None, reference: Reference | None = None) -> str | None:
        """The function made least; with `arity`, of those that take as many arguments."""
        fitting = self.names if arity is None else [
            n for n in self.names if reference.functions[n]._original_argcount == arity]
        if not fitting:
            return None
        name = min(fitting, key=lambda n: (self.made[n], n))
        self.made[name] += 1
        return name

    def least(self, calls: Counter) -> int:
        return min(calls[n] for n in self.names)


class CallMaker:
    """Makes programs of random calls, whose arguments mostly fit."""

    def __init__(self, reference: Reference, rng, only=None, aim: Aim | None = None):
        self.reference, self.rng, self.aim = reference, rng, aim
        self.names = only or sorted(reference.functions)
        self.signatures = {}
        for name, f in reference.functions.items():
            bare = f.__wrapped__
            code = bare.__code__
            params = code.co_varnames[:code.co_argcount]
            self.signatures[name] = [annotation(bare.__annotations__.get(p)) for p in params]

    def pick(self, pool: dict, wanted: str) -> str:
        rng = self.rng
        if wanted == "Callable" and rng.random() < 0.6:
            return rng.choice(sorted(self.reference.functions))
        if wanted != "Any" and rng.random() < 0.9:
            fitting = [n for n, kinds in pool.items() if wanted in kinds]
            if wanted in ("R8", "A8", "A4", "R4") and rng.random() < 0.8:
                return str(rng.randint(0, 8))
            if wanted == "Integer" and rng.random() < 0.4:
                return str(rng.randint(-2, 5))
            if fitting:
                return rng.choice(fitting)
        if rng.random() < 0.15:
            return rng.choice(sorted(self.reference.names))
        return rng.choice(sorted(pool))

    PRELUDE = ("o_g({g}, {n})", "asobject({g})", "f_ofcolor({g}, {n})", "asindices({g})",
               "totuple({s})", "initset({a})", "partition({g})", "first({s})", "p_g({g})",
               "palette_t({g})", "rbind({f}, {a})", "lbind({f}, {a})", "compose({f}, {f})",
               "fork({f}, {f}, {f})", "matcher({f}, {a})", "apply({f}, {s})", "insert({a}, {s})",
               "chain({f}, {f}, {f})", "power({f}, {n})")

    def program(self):
        """(source, arguments) of a program that ran under the reference as it was made."""
        rng = self.rng
        args = [random_argument(rng) for _ in range(4)]
        params = ["a", "b", "c", "d"]
        frame = dict(zip(params, args))
        pool = {n: kinds_of(v) for n, v in frame.items()}
        lines = []
        scope = dict(self.reference.names)
        for k in range(rng.randint(8, 16)):
            if k < 5:
                sets = [n for n, s in pool.items() if "Container" in s] or ["ORIGIN"]
                fill = {"g": lambda: self.pick(pool, "Grid"), "n": lambda: str(rng.randint(0, 7)),
                        "a": lambda: self.pick(pool, "Any"), "s": lambda: rng.choice(sets),
                        "f": lambda: rng.choice(sorted(self.reference.functions))}
                text = re.sub(r"\{(\w)\}", lambda m: fill[m.group(1)](), rng.choice(self.PRELUDE))
            elif rng.random() < 0.12 and any("Callable" in s for s in pool.values()):
                callee = rng.choice([n for n, s in pool.items() if "Callable" in s])
                given = [self.pick(pool, "Any") for _ in range(rng.choice([1, 1, 1, 2]))]
                text = f"{callee}({', '.join(given)})"
            else:
                name = self.aim.next() if self.aim else rng.choice(self.names)
                given = [self.pick(pool, wanted) for wanted in self.signatures[name]]
                roll = rng.random()
                if roll < 0.01:
                    given.append(self.pick(pool, "Any"))
                elif roll < 0.02:
                    given.pop()
                text = f"{name}({', '.join(given)})"
            try:
                with cpu_limit(1.0):
                    value = eval(text, scope, frame)
                if isinstance(value, (tuple, frozenset)) and estimated_size(value) > 20000:
                    continue
                repr(value)
            except (TimeLimit, MemoryError, RecursionError):
                continue
            except Exception:
                lines.append(f"    x{k} = {text}")
                break
            frame[f"x{k}"] = value
            pool[f"x{k}"] = kinds_of(value)
            lines.append(f"    x{k} = {text}")
        lines = lines or ["    x0 = a"]
        last = lines[-1].split(" = ")[0].strip()
        return f"def f({', '.join(params)}):\n" + "\n".join(lines) + f"\n    return {last}\n", args


# -- solvers ----------------------------------------------------------------------------------

def solver_sources(path: str) -> dict:
    """Task id -> source of its solver."""
    with open(path, encoding="utf-8") as handle:
        text = handle.read()
    found = {}
    for block in re.split(r"^(?=def )", text, flags=re.M)[1:]:
        name = re.match(r"def solve_(\w{8})\w*\(", block)
        if name:
            found[name.group(1)] = block.rstrip() + "\n"
    return found


def freeze(value):
    return tuple(freeze(e) for e in value) if isinstance(value, list) else value


def task_arguments(folder: str, task: str) -> list:
    """(S, I, C) of every example of a task, with C = None."""
    with open(os.path.join(folder, task + ".json"), encoding="utf-8") as handle:
        data = json.load(handle)
    samples = tuple((freeze(p["input"]), freeze(p["output"])) for p in data["train"])
    return [[samples, freeze(p["input"]), None] for p in data["train"] + data["test"]]


def mutate(rng, reference: Reference, source: str, aim: Aim | None = None) -> str:
    """The source with one or two names swapped for others."""
    lines = source.split("\n")
    body = [k for k, line in enumerate(lines)
            if " = " in line and not line.lstrip().startswith("#")]
    for _ in range(rng.randint(1, 2)):
        k = rng.choice(body)
        left, right = lines[k].split(" = ", 1)
        names = list(re.finditer(r"\w+", right))
        chosen = rng.choice(names)
        word = chosen.group()
        if word in reference.functions:
            arity = reference.functions[word]._original_argcount
            new = aim.next(arity, reference) if aim else None
            new = new or rng.choice([n for n, f in sorted(reference.functions.items())
                                     if f._original_argcount == arity])
        else:
            known = [lines[b].split(" = ")[0].strip() for b in body if b < k] + ["I", "S", "C"]
            new = rng.choice(known + sorted(reference.constants))
        lines[k] = f"{left} = {right[:chosen.start()]}{new}{right[chosen.end():]}"
    return "\n".join(lines)


# -- batt files -------------------------------------------------------------------------------

def batt_function(reference: Reference, path: str):
    """The function batt of a generated file, without what its imports would bring besides."""
    import safe_dsl
    f = reference.functions

    def batch_process_samples_gpu(S):  # the helper's form for a CPU
        x, y = f["apply"](f["first"], S), f["apply"](f["second"], S)
        return x, y, f["mapply"](f["p_g"], x), f["mapply"](f["p_g"], y)

    with open(path, encoding="utf-8") as handle:
        text = re.sub(r"^(from|import) .*$", "", handle.read(), flags=re.M)
    scope = {**reference.names, "_get_safe_default": safe_dsl._get_safe_default,
             "batch_process_samples_gpu": batch_process_samples_gpu}
    exec(compile(text, path, "exec"), scope)
    return scope["batt"]


def compare_batt(reference: Reference, binary: str, path: str, folder: str, tasks: list) -> int:
    """Every entry of `o` and `s` on some tasks; returns how many lines differ."""
    import subprocess
    batt = batt_function(reference, path)
    files = [os.path.join(folder, t + ".json") for t in tasks]
    answer = subprocess.run([binary, "batt", path, "--tasks", *files], stdout=subprocess.PIPE,
                            universal_newlines=True, check=False)
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    counts = Counter()
    for line in lines:
        with open(os.path.join(folder, line["task"] + ".json"), encoding="utf-8") as handle:
            data = json.load(handle)
        samples = tuple((freeze(p["input"]), freeze(p["output"])) for p in data["train"])
        pair = data["train" if line["kind"] == "demo" else "test"][line["index"]]
        C = None if line["C"] == "None" else freeze(pair["output"])
        try:
            o, s = batt(line["task"], samples, freeze(pair["input"]), C, None)
        except Exception as error:
            o = s = None
            counts[f"raised {type(error).__name__}"] += 1
            if (line["status"], line.get("reason")) != ("error", type(error).__name__):
                print(path, line["task"], line["kind"], line["index"], line["C"], repr(error), line)
                counts["different"] += 1
            continue
        counts["runs"] += 1
        if line["status"] != "value":
            counts[f"{line['status']}: {line.get('reason')}"] += 1
            continue
        for name, mine in (("o", o), ("s", s)):
            got = line[name]
            for entry, theirs in zip(mine, got):
                expected = [*entry[:-1], shown(entry[-1])]
                counts["entries"] += 1
                if theirs[-1] is None:
                    counts["entries of unknown order"] += 1
                elif expected != theirs:
                    counts["different"] += 1
                    if counts["different"] < 5:
                        print(path, line["task"], line["kind"], line["index"], line["C"], name,
                              "\n  expected", str(expected)[:300], "\n  got     ", str(theirs)[:300])
            if len(mine) != len(got):
                counts["different"] += 1
                print(path, line["task"], name, len(mine), len(got))
    print(path, dict(counts))
    return counts["different"] + (len(lines) == 0)


# -- cases ------------------------------------------------------------------------------------

def sliced(source: str, args: list, target: str) -> list | None:
    """The statements that `target` needs, with the arguments as literals before them."""
    lines = [line.strip() for line in source.split("\n") if " = " in line]
    wanted, kept = {target}, []
    for line in reversed(lines):
        name, right = line.split(" = ", 1)
        if name in wanted:
            kept.insert(0, line)
            wanted |= set(re.findall(r"\w+", right))
    literals = [f"{n} = {args[k]!r}" for k, n in enumerate("abcd") if n in wanted]
    return literals + kept


def record(reference: Reference, rng, folder: str, count: int) -> int:
    """Writes `count` cases of each function; returns how many functions got fewer."""
    short = 0
    for name in sorted(reference.functions):
        maker = CallMaker(reference, rng, [name])
        cases, seen = [], set()
        for _ in range(400):
            if len(cases) == count:
                break
            source, args = maker.program()
            values = dict(run(reference, source, args).trace)
            for line in source.split("\n"):
                found = re.match(r"    (x\d+) = (\w+)\(", line)
                if not found or found.group(2) != name or found.group(1) not in values:
                    continue
                value = values[found.group(1)]
                body = sliced(source, args, found.group(1))
                text = "\n".join(body)
                if (value in seen or len(value) > 200 or len(text) > 400 or "<" in value
                        or re.search(r"\bNone\b|nan|lambda", value + text) and "frozenset" in value):
                    continue
                seen.add(value)
                body[-1] = body[-1].split(" = ", 1)[1]
                cases.append((body, value))
                break
        short += len(cases) < count
        if not cases:
            print(f"{name}: none: its results are functions")
            continue
        with open(os.path.join(folder, name + ".case"), "w", encoding="utf-8") as handle:
            handle.write(f"# Cases of {name}, dialect tokpidjin.\n")
            for number, (body, value) in enumerate(cases, 1):
                handle.write(f"\ncase {number}\n" + "".join(f"  {b}\n" for b in body)
                             + f"value {value}\n")
    return short


# -- comparison -------------------------------------------------------------------------------

class Comparison:
    """Asks the engine, counts, and prints the first differences of each function."""

    def __init__(self, engine, quiet: bool):
        self.engine, self.quiet = engine, quiet
        self.counts, self.refused, self.calls = Counter(), Counter(), Counter()
        self.differing = Counter()
        self.queue: list = []

    def add(self, source: str, args: list, expected: Run) -> None:
        if expected.status == "skip":
            self.counts["skipped: too slow, deep or large for the reference"] += 1
            return
        self.queue.append((source, args, expected))
        if len(self.queue) >= BATCH:
            self.flush()

    def flush(self) -> None:
        answers = self.engine.ask([{"source": s, "args": a, "trace": True, "dialect": "tokpidjin"}
                                   for s, a, _ in self.queue])
        for (source, args, expected), answer in zip(self.queue, answers):
            self.compare(source, args, expected, answer)
        self.queue.clear()

    def statement(self, source: str, name: str) -> str:
        return next((line.strip() for line in source.split("\n")
                     if line.strip().startswith(name + " = ")), name)

    def report(self, source, args, where, expected, got) -> None:
        statement = self.statement(source, where)
        function = re.search(r"= (\w+)\(", statement)
        function = function.group(1) if function else "(other)"
        self.differing[function] += 1
        if self.differing[function] <= (0 if self.quiet else 2):
            print(f"--- {statement}\n  expected {str(expected)[:300]}\n  got      {str(got)[:300]}")
            print(f"{source}args = {json.dumps(args)[:1500]}")

    def compare(self, source, args, expected: Run, answer: dict) -> None:
        self.counts["programs"] += 1
        unordered = set(answer.get("unordered", []))
        got = dict(map(tuple, answer.get("trace", [])))
        for name, text in expected.trace:
            if name in got:
                self.calls[self.statement(source, name).split(" = ")[1].split("(")[0]] += 1
                if got[name] != text and name not in unordered:
                    self.counts["different"] += 1
                    return self.report(source, args, name, text, got[name])
        status = answer.get("status")
        if status in ("unsupported", "limit", "resource"):
            reason = answer.get("reason") or status
            self.refused[reason] += 1
            if not ALLOWED.search(reason) and status != "limit":
                self.counts["refused without leave"] += 1
                self.report(source, args, answer.get("statement", "").split(" = ")[0],
                            expected.value, reason)
            return None
        self.counts[f"ended as {status}"] += 1
        if expected.status == "error":
            if (status, answer.get("error"), answer.get("line")) != ("error", expected.error,
                                                                     expected.line):
                self.counts["different"] += 1
                line = source.split("\n")[expected.line - 1].strip().split(" = ")[0]
                self.report(source, args, line, expected.error, answer)
        elif status != "value" or answer.get("value") != expected.value:
            self.counts["different"] += 1
            last = source.rstrip().split("return ")[-1]
            self.report(source, args, last, expected.value, answer.get("value") or answer)
        return None

    def finish(self, reference: Reference) -> int:
        if self.queue:
            self.flush()
        for name, n in sorted(self.counts.items()):
            print(f"{name}: {n}")
        for reason, n in self.refused.most_common():
            print(f"refused: {reason}: {n}")
        if self.differing:
            print("differing by function:", dict(self.differing.most_common()))
        seen = {f: self.calls[f] for f in reference.functions}
        print(f"calls compared: {sum(seen.values())}, of {sum(n > 0 for n in seen.values())} "
              f"functions, the least of one {min(seen.values())} "
              f"({min(seen, key=seen.get)})")
        return 1 if self.differing else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("mode", choices=["calls", "solvers", "mutants", "batt", "record"])
    parser.add_argument("--out", help="the folder of the case files")
    parser.add_argument("files", nargs="*", help="batt files")
    parser.add_argument("--reference", default=os.environ.get("TOKPIDJIN"), required=False)
    parser.add_argument("--engine")
    parser.add_argument("--tasks")
    parser.add_argument("--solvers")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", nargs="*", help="functions that calls are made of")
    parser.add_argument("--functions", nargs="*",
                        help="aim at these, the least called first; 'fresh': those new to arc-dsl")
    parser.add_argument("--least", type=int, help="go on until each has been called so often")
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args()
    if not options.reference:
        parser.error("--reference, or TOKPIDJIN in the environment")
    seed = options.seed if options.seed is not None else int(time.time())
    print("seed", seed)
    rng = random.Random(seed)
    limit_memory()
    reference = Reference(options.reference)
    if options.mode == "record":
        return int(record(reference, rng, options.out, options.count) < 0)
    binary = engine_module.find_engine(options.engine)
    if options.mode == "batt":
        ids = sorted(n[:-5] for n in os.listdir(options.tasks) if n.endswith(".json"))
        chosen = rng.sample(ids, min(options.count, len(ids)))
        return int(sum(compare_batt(reference, binary, f, options.tasks, chosen)
                       for f in options.files) > 0)
    engine = engine_module.Engine(binary)
    comparison = Comparison(engine, options.quiet)
    aim = Aim(reference, options.functions) if options.functions else None
    programs = itertools.count()

    def more() -> bool:
        if aim and options.least:
            # What was compared settles it, and what is made next follows what is short of it.
            aim.made.update({n: comparison.calls[n] - aim.made[n] for n in aim.names}
                            if next(programs) % BATCH == 0 else {})
            return aim.least(comparison.calls) < options.least
        return next(programs) < options.count

    if options.mode == "calls":
        maker = CallMaker(reference, rng, options.only, aim)
        while more():
            source, args = maker.program()
            comparison.add(source, args, run(reference, source, args))
    else:
        solvers = solver_sources(options.solvers)
        tasks = [t for t in sorted(solvers)
                 if os.path.exists(os.path.join(options.tasks, t + ".json"))]
        if options.mode == "solvers":
            for task in tasks:
                for args in task_arguments(options.tasks, task):
                    comparison.add(solvers[task], args, run(reference, solvers[task], args, 60))
        else:
            while more():
                task = rng.choice(tasks)
                source = mutate(rng, reference, solvers[task], aim)
                args = rng.choice(task_arguments(options.tasks, task))
                comparison.add(source, args, run(reference, source, args))
    engine_status = comparison.finish(reference)
    if aim:
        print("calls:", {n: comparison.calls[n] for n in aim.names})
    engine.close()
    return engine_status


if __name__ == "__main__":
    sys.exit(main())
