#!/usr/bin/env python3
"""Compares the engine with the reference: values by repr, errors by class and line.

    compare.py programs    --count N --reference DIR [--tasks DIR]   random programs
    compare.py calls       --count N --reference DIR --tasks DIR     random primitive calls
    compare.py mutants     --count N --reference DIR --tasks DIR     solvers with one name swapped
    compare.py solvers     --reference DIR --tasks DIR               every solver on its own task
    compare.py conformance --path DIR                                recorded programs

Prints the seed, what was covered, what was skipped and why, and every difference with the
smallest program that shows it. Exits 1 on any difference.
"""

from __future__ import annotations

import argparse
import glob
import gzip
import hashlib
import json
import multiprocessing
import os
import re
import sys
import time
from collections import Counter

import engine as engine_module
import generate
import reference as ref

# Refusals that the engine's contract allows, but not on solvers and recorded programs. Anything
# else it refuses is a difference.
ALLOWED_REFUSALS = r"(?i)64.?bit|address|hash order|order of a set|budget|step|byte|depth"
BATCH_PROGRAMS = 64
BATCH_BYTES = 4 << 20
SHOWN_PER_CHUNK = 4
CHUNK = {"programs": 250, "calls": 5000, "mutants": 100}

WORK: dict = {}  # what a worker process holds


class Tally:
    """Counts of a piece of work, and the differences found in it."""

    def __init__(self):
        self.counts = Counter()
        self.returned = Counter()
        self.raised = Counter()
        self.skipped = Counter()
        self.refused = Counter()
        self.examples: dict = {}
        self.different: list = []

    def add(self, other: "Tally") -> None:
        for name in ("counts", "returned", "raised", "skipped", "refused"):
            getattr(self, name).update(getattr(other, name))
        self.examples.update({k: v for k, v in other.examples.items() if k not in self.examples})
        self.different.extend(other.different)


def shorten(text, limit: int = 400) -> str:
    """A text cut to a printable length."""
    text = str(text)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


# -- one program ------------------------------------------------------------------------------

def same(expected, got) -> bool:
    """Whether a repr is the expected one (perhaps a digest of it; functions by place only)."""
    if expected is None:  # depends on addresses
        return True
    if not isinstance(got, str):
        return False
    if expected.startswith("sha256:"):
        return hashlib.sha256(got.encode()).hexdigest() == expected[7:].strip()
    if expected == got:
        return True
    return "<" in expected and ref.without_addresses(expected) == ref.without_addresses(got)


def difference(expected, answer: dict):
    """Returns (where, expected, got) of the first difference, or None."""
    struck = {name for name, value in expected.trace if value is None}
    struck.update(answer.get("unordered", []))
    got_trace = [pair for pair in answer.get("trace", []) if pair[0] not in struck]
    expected_trace = [pair for pair in expected.trace if pair[0] not in struck]
    for position, (name, value) in enumerate(expected_trace):
        if position >= len(got_trace):
            break
        if got_trace[position][0] != name:
            return name, f"{name} assigned", f"{got_trace[position][0]} assigned"
        if not same(value, got_trace[position][1]):
            return name, value, got_trace[position][1]
    status = answer.get("status")
    if status in ("limit", "unsupported"):
        return None
    if expected.status == "error":
        wanted = f"{expected.error} at line {expected.line}: {expected.statement}"
        if status != "error":
            return "error", wanted, f"{status} {answer.get('value') or answer.get('reason')}"
        if (answer.get("error") != expected.error
                or expected.line not in (None, answer.get("line"))
                or expected.statement not in (None, answer.get("statement", "").strip())):
            return "error", wanted, (f"{answer.get('error')} at line {answer.get('line')}: "
                                     f"{answer.get('statement')}")
    elif status != "value":
        got = " ".join(str(answer.get(k)) for k in ("error", "line", "statement", "reason")
                       if answer.get(k) is not None)
        return "value", expected.value, f"{status} {got}"
    elif not same(expected.value, answer.get("value")):
        return "value", expected.value, answer.get("value")
    if len(got_trace) != len(expected_trace):
        return "trace", [n for n, _ in expected_trace], [t[0] for t in got_trace]
    return None


def request_of(case: dict) -> dict:
    """The engine's request for a case."""
    return {"source": case["source"], "args": case["args"], "trace": True}


def sliced(case: dict, where: str) -> dict | None:
    """The case reduced to the statements that the differing variable or line needs."""
    lines = case["source"].split("\n")
    body = [line for line in lines if generate.STATEMENT.match(line)]
    names = [generate.STATEMENT.match(line).group(1) for line in body]
    target = where
    if where == "error":
        statement = case["expected"].statement or ""
        target = statement.split(" = ")[0]
    elif where == "value":
        target = next((l.strip()[7:] for l in lines if l.startswith("    return ")), "")
    if target not in names:
        return None
    wanted, kept = {target}, []
    for line, name in reversed(list(zip(body, names))):
        if name in wanted:
            kept.append(line)
            wanted |= set(re.findall(r"\w+", line.split(" = ", 1)[1]))
    source = "\n".join([lines[0]] + kept[::-1] + [f"    return {target}", ""])
    return {"source": source, "args": case["args"]}


def report(case: dict, found, answer: dict) -> str | None:
    """A readable account of a difference, on the smallest program that shows it.

    None if it was only the order of functions' addresses after all.
    """
    where, expected, got = found
    alive = "reference" in WORK and answer["status"] not in ("died", "malformed")
    if alive:
        WORK["reference"].settle(case["expected"], case["source"], case["args"], variants=200)
        found = difference(case["expected"], answer)
        if case["expected"].status == "skip" or not found:
            return None
        where, expected, got = found
    small = sliced(case, where) if alive else None
    if small:
        outcome = WORK["reference"].run(small["source"], small["args"], seconds=10)
        if outcome.status != "skip":
            small["expected"] = outcome
            again = WORK["engine"].ask([request_of(small)])[0]
            shown = difference(outcome, again)
            if shown:
                case, (where, expected, got) = small, shown
    return "\n".join([f"DIFFERENT ({case.get('label', 'program')}) in {where}",
                      case["source"].rstrip(), f"args: {shorten(json.dumps(case['args']), 3000)}",
                      f"expected: {shorten(expected)}", f"got:      {shorten(got)}", ""])


def check(cases: list, tally: Tally) -> None:
    """Sends a batch to the engine and counts what comes back."""
    started = time.perf_counter()
    answers = WORK["engine"].ask([request_of(c) for c in cases])
    # A trace has every value made in full; without one, some are never listed nor ordered.
    untraced = WORK["engine"].ask([dict(request_of(c), trace=False) for c in cases])
    tally.counts["engine_us"] += int((time.perf_counter() - started) * 1e6)
    for case, answer, quiet in zip(cases, answers, untraced):
        expected = case["expected"]
        tally.counts["programs"] += 1
        tally.counts["expected " + (expected.error or "value")] += 1
        tally.counts["unordered"] += len(answer.get("unordered", []))
        for name, returned, has_set in expected.calls:
            tally.counts["statements"] += 1
            if name == "(closure)":
                continue
            tally.counts["calls"] += 1
            tally.counts["set calls"] += has_set
            (tally.returned if returned else tally.raised)[name] += 1
        if expected.tainted and answer.get("status") == "unsupported":
            # A traced value in the order of addresses may be refused; the outcome may not.
            again = WORK["engine"].ask([dict(request_of(case), trace=False)])[0]
            answer = dict(again, trace=[list(pair) for pair in expected.trace])
        found = difference(expected, answer)
        status = answer.get("status")
        if found is None and not expected.tainted:
            traced = {k: v for k, v in answer.items() if k not in ("trace", "unordered")}
            if quiet != traced:
                found = ("value", f"without a trace as with it: {traced}", quiet)
        if found is None and status in ("limit", "unsupported"):
            reason = f"{status}: " + re.sub(r"\d+", "N", str(answer.get("reason")))
            tally.refused[reason] += 1
            tally.examples.setdefault(reason, case["source"] + json.dumps(case["args"])[:1500])
            if WORK["strict"] or (status == "unsupported"
                                  and not re.search(WORK["allow"], reason)):
                found = ("value", expected.value or expected.error, reason)
        if found:
            text = None
            if expected.tainted or tally.counts["different"] < SHOWN_PER_CHUNK:
                text = report(case, found, answer)
                if text is None:
                    tally.skipped[ref.SKIP_UNSTABLE] += 1
                    continue
            tally.counts["different"] += 1
            if text and tally.counts["different"] <= SHOWN_PER_CHUNK:
                tally.different.append(text)


class Batch:
    """Collects cases and checks them in bounded batches."""

    def __init__(self, tally: Tally):
        self.tally, self.cases, self.bytes = tally, [], 0

    def add(self, case: dict) -> None:
        trace = case["expected"].trace
        if case["expected"].status == "skip":
            self.tally.skipped[case["expected"].reason] += 1
            return
        self.tally.counts["struck"] += sum(v is None for _, v in trace)
        self.cases.append(case)
        self.bytes += sum(len(v or "") for _, v in trace) + len(case["source"])
        if len(self.cases) >= BATCH_PROGRAMS or self.bytes >= BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        if self.cases:
            check(self.cases, self.tally)
        self.cases, self.bytes = [], 0


# -- pieces of work ---------------------------------------------------------------------------

def work_programs(chunk: int, count: int, tally: Tally) -> None:
    rng = generate.seeded(WORK["seed"], "programs", chunk)
    shared, batch = generate.Shared(WORK["reference"]), Batch(tally)
    for number in range(count):
        batch.add(generate.program(shared, rng, WORK["grids"], order=number % 3 == 2))
    batch.flush()
    tally.skipped.update({"statement: " + k: v for k, v in shared.skipped.items()})


def work_calls(chunk: int, count: int, tally: Tally) -> None:
    rng = generate.seeded(WORK["seed"], "calls", chunk)
    shared, batch = generate.Shared(WORK["reference"]), Batch(tally)
    weights = generate.Weights(shared, rng)
    done = 0
    while done < count:
        case = generate.call_program(shared, rng, WORK["solvers"], WORK["tasks"], weights)
        done += sum(call[0] != "(closure)" for call in case["expected"].calls)
        batch.add(case)
    batch.flush()
    tally.skipped.update({"statement: " + k: v for k, v in shared.skipped.items()})


def run_reference(source: str, args: list, label: str, seconds: float,
                  batch: Batch) -> ref.Outcome:
    """Adds a case with the outcome of the reference; returns that."""
    outcome = WORK["reference"].run(source, args, seconds=seconds)
    batch.add({"source": source, "args": args, "expected": outcome, "label": label})
    return outcome


def work_mutants(chunk: int, count: int, tally: Tally) -> None:
    batch, primitives = Batch(tally), list(WORK["reference"].primitives)
    solvers = [s for s in WORK["solvers"] if s.task in WORK["tasks"]]
    for number in range(chunk * CHUNK["mutants"], chunk * CHUNK["mutants"] + count):
        solver = solvers[number % len(solvers)]
        rng = generate.seeded(WORK["seed"], "mutants", number)
        source = generate.mutant(solver, rng, primitives)
        args = [WORK["tasks"][solver.task][0][0]["input"]]
        run_reference(source, args, f"mutant {number} of {solver.task}", 5.0, batch)
    batch.flush()


def work_solvers(chunk: int, count: int, tally: Tally) -> None:
    batch = Batch(tally)
    for solver in WORK["solvers"][chunk * 10:chunk * 10 + count]:
        train, test = WORK["tasks"].get(solver.task, ([], []))
        for number, pair in enumerate(train + test):
            label = f"{solver.task} example {number}"
            outcome = run_reference(solver.source, [pair["input"]], label, 60.0, batch)
            tally.counts["task output"] += outcome.value == repr(ref.freeze(pair["output"]))
    batch.flush()


def work_conformance(chunk: int, count: int, tally: Tally) -> None:
    batch = Batch(tally)
    for name, row in WORK["rows"][chunk * 100:chunk * 100 + count]:
        outcome = ref.Outcome()
        outcome.status = "error" if "error" in row else "value"
        outcome.value, outcome.error = row.get("value"), row.get("error")
        outcome.trace = row["trace"]
        batch.add({"source": row["source"], "args": row["args"], "expected": outcome,
                   "label": f"{name} {row.get('id')}"})
    batch.flush()


def work(job):
    """One job in a worker process."""
    command, chunk, count = job
    tally, started = Tally(), time.perf_counter()
    globals()["work_" + command](chunk, count, tally)
    tally.counts["busy_us"] += int((time.perf_counter() - started) * 1e6)
    return tally


# -- set-up -----------------------------------------------------------------------------------

def prepare(options) -> None:
    """Loads into this process what the workers need; they are forked from it."""
    WORK.update(seed=options.seed, allow=options.allow, grids=[], tasks={},
                strict=options.command in ("solvers", "conformance"))
    if options.command == "conformance":
        files = sorted(glob.glob(os.path.join(options.path, "*.jsonl.gz")))
        if not files:
            raise SystemExit(f"no *.jsonl.gz in {options.path}")
        WORK["rows"] = []
        for path in files:
            with gzip.open(path, "rt", encoding="utf-8") as handle:
                WORK["rows"] += [(os.path.basename(path), json.loads(line)) for line in handle]
        return
    if not options.reference:
        raise SystemExit("name the reference's folder with --reference or ARCBATCH_REFERENCE")
    WORK["reference"] = ref.Reference(options.reference, options.any_python)
    WORK["solvers"] = [generate.Solver(task, source) for task, source
                       in WORK["reference"].solver_sources().items()]
    if options.tasks:
        WORK["tasks"] = ref.load_tasks(options.tasks)
        WORK["grids"] = [p["input"] for train, test in WORK["tasks"].values()
                         for p in train + test]
    elif options.command != "programs":
        raise SystemExit("name the folder of task files with --tasks or ARCBATCH_TASKS")


def start_worker(binary: str, extra: str, timeout: float) -> None:
    if "reference" in WORK:
        ref.limit_memory()
    WORK["engine"] = engine_module.Engine(binary, extra, timeout)


def jobs_of(options) -> list:
    """The pieces of work: the same whatever the number of workers."""
    if options.command in ("solvers", "conformance"):
        total = len(WORK["solvers" if options.command == "solvers" else "rows"])
        size = 10 if options.command == "solvers" else 100
    else:
        total, size = options.count, CHUNK[options.command]
    return [(options.command, i, min(size, total - i * size))
            for i in range((total + size - 1) // size)]


def print_summary(options, tally: Tally, wall: float) -> None:
    """Everything that was counted."""
    counts = tally.counts
    if tally.returned or tally.raised:
        print("primitive            returned    raised")
        names = list(WORK["reference"].primitives)
        for name in sorted(names, key=lambda n: tally.returned[n]):
            print(f"{name:18} {tally.returned[name]:10} {tally.raised[name]:9}")
        if options.command == "calls":
            few = [n for n in names if tally.returned[n] < options.least]
            print(f"primitives with fewer than {options.least} returned calls: "
                  + (", ".join(few) or "none"))
        share = counts["set calls"] / max(1, counts["calls"])
        print(f"primitive calls {counts['calls']}, with a set argument {share:.1%}, "
              f"calls of closures {counts['statements'] - counts['calls']}")
    print("expected: " + ", ".join(f"{k[9:]} {v}" for k, v in counts.most_common()
                                   if k.startswith("expected ")))
    if "task output" in counts:
        print(f"reference matches the task's output: {counts['task output']}")
    for title, counter in (("not compared", tally.skipped),
                           ("refused by the engine", tally.refused)):
        print(f"{title}: " + ("none" if not counter else ""))
        for reason, number in counter.most_common():
            print(f"  {number:8}  {reason}")
            if reason in tally.examples and options.examples:
                print("            " + tally.examples[reason].replace("\n", "\n            "))
    print(f"traced values not compared, as they depend on addresses: {counts['struck']}")
    print(f"traced values named 'unordered' by the engine: {counts['unordered']}")
    engine_s = counts["engine_us"] / 1e6
    print(f"{counts['programs']} programs in {wall:.1f} s ({counts['programs'] / wall:.0f}/s, "
          f"{counts['statements'] / wall:.0f} calls/s); waiting for the engine {engine_s:.1f} s of "
          f"{counts['busy_us'] / 1e6:.1f} s of work")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["programs", "calls", "mutants", "solvers",
                                            "conformance"])
    parser.add_argument("--count", type=int, default=2000,
                        help="programs, primitive calls or mutants")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--engine", help="the arcbatch binary (or ARCBATCH)")
    parser.add_argument("--engine-args", default="", help="passed on, e.g. '--path generic'")
    parser.add_argument("--timeout", type=float, default=120.0,
                        help="seconds to wait for one answer")
    parser.add_argument("--reference", default=os.environ.get("ARCBATCH_REFERENCE"))
    parser.add_argument("--tasks", default=os.environ.get("ARCBATCH_TASKS"))
    parser.add_argument("--path", default=os.environ.get("ARCBATCH_CONFORMANCE"),
                        help="folder of the conformance files")
    parser.add_argument("--allow", default=ALLOWED_REFUSALS,
                        help="pattern of acceptable reasons of 'unsupported'")
    parser.add_argument("--least", type=int, default=2000,
                        help="list primitives with fewer returned calls")
    parser.add_argument("--examples", action="store_true", help="show a program per refusal")
    parser.add_argument("--shown", type=int, default=20, help="differences to print")
    parser.add_argument("--any-python", action="store_true",
                        help="run the reference under another Python than 3.11")
    options = parser.parse_args()
    if options.command == "conformance" and not options.path:
        raise SystemExit("name the folder of the conformance files with --path")
    prepare(options)
    binary = engine_module.find_engine(options.engine)
    print(f"{options.command}: seed {options.seed}, Python {sys.version.split()[0]}, engine "
          f"{binary} {options.engine_args}".rstrip(), flush=True)
    total, started, printed = Tally(), time.perf_counter(), 0
    context = multiprocessing.get_context("fork")
    with context.Pool(options.jobs, start_worker,
                      (binary, options.engine_args, options.timeout)) as pool:
        for tally in pool.imap_unordered(work, jobs_of(options)):
            total.add(tally)
            while printed < min(len(total.different), options.shown):
                print(total.different[printed], flush=True)
                printed += 1
    print_summary(options, total, time.perf_counter() - started)
    print(f"{total.counts['programs']} compared, {total.counts['different']} different")
    return 1 if total.counts["different"] or not total.counts["programs"] else 0


if __name__ == "__main__":
    sys.exit(main())
