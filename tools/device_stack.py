#!/usr/bin/env python3
"""Native stack of the device code: that every recursion looks how much is left, and what must be.

    tools/device_stack.py [--build build/cuda] [--list]

Takes the frames and the calls of the code of a build (device_code.py) and walks them, for every architecture. Prints the bytes that a look has to leave below it (kStackReserve of module.cu must
be no less) and the bytes that a call needs before the first look (as kStackLeast). Exits 1 where a
cycle of calls has no function that looks, or where one of these is too small. --list shows the deepest chains.
"""

import argparse
import os
import re
import subprocess
import sys

from device_code import ROOT, SOURCES, Code

# Functions that look before they call what may come back to them, and calls of a function by itself
# that it makes after a look (ARC_CHECK_STACK).
LOOKS = [r"^arcbatch::equal_sets\(", r"^arcbatch::equal_tuples\(", r"^arcbatch::hash_set\(",
         r"^arcbatch::hash_closure\(",
         r"^arcbatch::force_order\(", r"^arcbatch::device::encode\("]
LOOKS_BEFORE_ITSELF = [r"^arcbatch::hash_value\(", r"^arcbatch::compare\("]
# What is called by address: the evaluator's kernels, and arithmetic that calls nothing.
KERNELS = r"^arcbatch::cuda::(fast_scalar|\(anonymous namespace\)::profiled_scalar)\("
CALLS_KERNELS = [r"^arcbatch::Evaluator::"]
CALLS_ARITHMETIC = [r"by_component<", r"^arcbatch::generic::"]
ARITHMETIC = r"^arcbatch::int_(add|sub|mul|floordiv)\("
# Binds call what they bind with an argument more, and none takes more than three: at most so many
# within each other.
BIND = r"^arcbatch::Evaluator::enter_closure\("
BOUND = r"^arcbatch::Evaluator::invoke\("
BOUND_CYCLE = [BIND, BOUND, r"^arcbatch::Evaluator::invoke_framed\("]
MOST_BINDS = 3


def calls_of(text):
    """Caller -> set of callees; None stands for a call by address."""
    calls = {}
    name = None
    wanted = False
    for line in text.splitlines():
        head = re.match(r"\.(?:weak |visible |extern )?\.?(?:func|entry)\s+(?:\([^)]*\)\s*)?([\w$]+)",
                        line) or re.match(
            r"\.(?:weak|visible|extern)\s+\.(?:func|entry)\s+(?:\([^)]*\)\s*)?([\w$]+)", line)
        if head:
            name = head[1]
            calls.setdefault(name, set())
            continue
        if re.match(r"\s*call(\.uni)?\b", line):
            wanted = True
            rest = re.sub(r"^\s*call(\.uni)?\s*(\([^)]*\),)?\s*", "", line)
        elif wanted:
            rest = line.strip()
        else:
            continue
        if rest:
            callee = rest.split(",")[0].strip()
            calls[name].add(None if callee.startswith("%") else callee)
            wanted = False
    return calls


def matches(name, patterns):
    return any(re.search(p, name) for p in patterns)


class Graph:
    """The calls of all sources, by readable names."""

    def __init__(self, calls, frames):
        names = sorted(set(calls) | set(frames))
        plain = subprocess.run(["c++filt"], input="\n".join(names), capture_output=True, text=True,
                               check=True).stdout.splitlines()
        readable = dict(zip(names, plain))
        self.frames = {}
        self.calls = {}
        kernels = {n for n in plain if matches(n, [KERNELS])}
        arithmetic = {n for n in plain if matches(n, [ARITHMETIC])}
        for name, size in frames.items():
            self.frames[readable[name]] = max(size, self.frames.get(readable[name], 0))
        for name, callees in calls.items():
            own = readable[name]
            known = {readable.get(c, c) for c in callees if c is not None}
            if None in callees:
                if matches(own, CALLS_KERNELS):
                    known |= kernels
                elif matches(own, CALLS_ARITHMETIC):
                    known |= arithmetic
                else:
                    sys.exit(f"a call by address whose target is not known: {own}")
            if matches(own, LOOKS_BEFORE_ITSELF):
                known.discard(own)
            if matches(own, [BIND]):
                known -= {n for n in known if matches(n, [BOUND])}
            self.calls.setdefault(own, set()).update(known)
        self.deepest = {}  # name -> (bytes from its frame on, next name)
        self.path = []

    def below(self, name):
        """Bytes from the frame of a function to the end of the deepest chain that starts there:
        a function that looks ends it."""
        if name in self.deepest:
            if self.deepest[name] is None:
                cycle = self.path[self.path.index(name):] + [name]
                sys.exit("a cycle of calls that does not look how much stack is left:\n  "
                         + "\n  ".join(cycle))
            return self.deepest[name][0]
        size = self.frames.get(name, 0)
        if matches(name, LOOKS):
            self.deepest[name] = (size, None)
            return size
        self.deepest[name] = None
        self.path.append(name)
        self.deepest[name] = self.after(name)
        self.path.pop()
        return self.deepest[name][0]

    def after(self, name):
        """The same, through a function that looks itself."""
        best = (0, None)
        for callee in sorted(self.calls.get(name, ())):
            depth = self.below(callee)
            if depth > best[0]:
                best = (depth, callee)
        return self.frames.get(name, 0) + best[0], best[1]

    def chain(self, name):
        """The deepest chain from a function, as lines."""
        lines = []
        step = self.after(name)
        while step[1] is not None:
            lines.append(f"    {self.frames.get(step[1], 0):6} {step[1][:150]}")
            step = self.deepest[step[1]]
        return lines


def check(arch, calls, frames, show):
    """Prints what an architecture needs; returns the bytes below a look and before the first."""
    graph = Graph(calls, frames)
    starts = [n for n in graph.calls if "work_slice" in n]
    looking = [n for n in graph.calls if matches(n, LOOKS)]
    missing = [p for p in LOOKS + LOOKS_BEFORE_ITSELF + BOUND_CYCLE
               if not any(re.search(p, n) for n in graph.calls)]
    if len(starts) != 1 or missing:
        sys.exit(f"the code has changed: kernels {starts}, functions that are gone {missing}")
    binds = sum(max(size for n, size in graph.frames.items() if re.search(p, n))
                for p in BOUND_CYCLE)
    first = graph.below(starts[0]) + MOST_BINDS * binds
    # A worker counts from somewhere in the frame of its loop, below the kernel's.
    above = sum(size for n, size in graph.frames.items()
                if "work_slice" in n or n.startswith("arcbatch::device::work("))
    needed = max(graph.after(n)[0] for n in looking) + above
    print(f"sm_{arch}: {len(graph.calls)} functions, largest frame "
          f"{max(graph.frames.values())} bytes; from the kernel to the first look {first} bytes, "
          f"{MOST_BINDS * binds} of them for binds within binds; needed below a look {needed} bytes")
    if show:
        for name in sorted(looking, key=lambda n: -graph.after(n)[0]):
            print(f"below the look of {name.split('(')[0]}: {graph.after(name)[0]} bytes")
            print("\n".join(graph.chain(name)))
        print("from the kernel:")
        print("\n".join(graph.chain(starts[0])))
    return needed, first


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build/cuda"))
    parser.add_argument("--list", action="store_true", help="show the deepest chains")
    arguments = parser.parse_args()
    sys.setrecursionlimit(10000)
    code = Code(arguments.build)
    calls = {}
    for source in SOURCES:
        for name, callees in calls_of(code.assembly(source)).items():
            calls.setdefault(name, set()).update(callees)
    reports = [code.reports(source) for source in SOURCES]
    with open(os.path.join(ROOT, "src/backend/cuda/module.cu"), encoding="utf-8") as file:
        module = file.read()
    reserve = int(re.search(r"kStackReserve = (\d+);", module)[1])
    least = int(re.search(r"kStackLeast = (\d+);", module)[1])
    needs = []
    for arch in code.codes:
        frames = {}
        for report in reports:
            for name, numbers in report[arch].items():
                frames[name] = max(numbers[0], frames.get(name, 0))
        needs.append(check(arch, calls, frames, arguments.list))
    print(f"kStackReserve is {reserve}, kStackLeast {least}")
    if max(n[0] for n in needs) > reserve or max(n[1] for n in needs) > least:
        sys.exit("kStackReserve or kStackLeast is too small")


if __name__ == "__main__":
    main()
