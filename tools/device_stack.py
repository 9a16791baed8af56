#!/usr/bin/env python3
"""Native stack of the device code: that every recursion looks how much is left, and what must be.

    tools/device_stack.py [--arch 90] [--list]

Compiles src/backend/cuda to PTX with nvcc, takes the frames from ptxas and the calls from the PTX,
and walks them. Prints the bytes that a look has to leave below it (kStackReserve of module.cu must
be no less) and the bytes that a call needs before the first look (as kStackLeast). Exits 1 where a
cycle of calls has no function that looks, or where one of these is too small. --list shows the deepest chains.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOURCES = ["kernels.cu", "fast_scalar.cu"]
FLAGS = ["-O3", "-DNDEBUG", "-std=c++20", "--expt-relaxed-constexpr", "-Xcicc=-O1", "-rdc=true"]
# Functions that look before they call what may come back to them, and calls of a function by itself
# that it makes after a look (ARC_CHECK_STACK).
LOOKS = [r"^arcbatch::equal_sets\(", r"^arcbatch::equal_tuples\(", r"^arcbatch::hash_set\(",
         r"^arcbatch::hash_closure\(",
         r"^arcbatch::force_order\(", r"^arcbatch::device::encode\("]
LOOKS_BEFORE_ITSELF = [r"^arcbatch::hash_value\(", r"^arcbatch::compare\("]
# What is called by address: the evaluator's kernels, and arithmetic that calls nothing.
KERNELS = r"^arcbatch::cuda::fast_scalar\("
CALLS_KERNELS = [r"^arcbatch::Evaluator::"]
CALLS_ARITHMETIC = [r"by_component<", r"^arcbatch::generic::"]
ARITHMETIC = r"^arcbatch::int_(add|sub|mul|floordiv)\("
# Binds call what they bind with an argument more, and none takes more than three: at most so many
# within each other.
BIND = r"^arcbatch::Evaluator::enter_closure\("
BOUND = r"^arcbatch::Evaluator::invoke\("
BOUND_CYCLE = [BIND, BOUND, r"^arcbatch::Evaluator::invoke_framed\("]
MOST_BINDS = 3


def compile_one(source, arch, folder):
    """PTX text and ptxas' report of a source."""
    ptx = os.path.join(folder, source + ".ptx")
    subprocess.run(["nvcc", f"-I{ROOT}/src", f"-I{ROOT}/include", *FLAGS,
                    f"-arch=compute_{arch}", "-ptx",
                    os.path.join(ROOT, "src/backend/cuda", source), "-o", ptx], check=True)
    report = subprocess.run(["ptxas", "-v", "-O1", f"-arch=sm_{arch}", "-c", ptx, "-o",
                             os.path.join(folder, "out.o")], check=True, capture_output=True,
                            text=True).stderr
    with open(ptx, encoding="utf-8") as file:
        return file.read(), report


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
        if re.match(r"\s+call(\.uni)?\b", line):
            wanted = True
            rest = re.sub(r"^\s+call(\.uni)?\s*(\([^)]*\),)?\s*", "", line)
        elif wanted:
            rest = line.strip()
        else:
            continue
        if rest:
            callee = rest.split(",")[0].strip()
            calls[name].add(None if callee.startswith("%") else callee)
            wanted = False
    return calls


def frames_of(report):
    """Function -> bytes of its stack frame."""
    found = re.findall(r"Function properties for (\S+)\s+(\d+) bytes stack frame", report)
    return {name: int(size) for name, size in found}


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


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arch", default="90", help="compute capability without its point")
    parser.add_argument("--list", action="store_true", help="show the deepest chains")
    arguments = parser.parse_args()
    calls, frames = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for source in SOURCES:
            text, report = compile_one(source, arguments.arch, folder)
            for name, callees in calls_of(text).items():
                calls.setdefault(name, set()).update(callees)
            for name, size in frames_of(report).items():
                frames[name] = max(size, frames.get(name, 0))
    sys.setrecursionlimit(10000)
    graph = Graph(calls, frames)
    starts = [n for n in graph.calls if "work_slice" in n]
    looking = [n for n in graph.calls if matches(n, LOOKS)]
    missing = [p for p in LOOKS + LOOKS_BEFORE_ITSELF + BOUND_CYCLE
               if not any(re.search(p, n) for n in graph.calls)]
    if len(starts) != 1 or missing:
        sys.exit(f"the code has changed: kernels {starts}, functions that are gone {missing}")
    with open(os.path.join(ROOT, "src/backend/cuda/module.cu"), encoding="utf-8") as file:
        module = file.read()
    reserve = int(re.search(r"kStackReserve = (\d+);", module)[1])
    least = int(re.search(r"kStackLeast = (\d+);", module)[1])
    binds = sum(max(size for n, size in graph.frames.items() if re.search(p, n))
                for p in BOUND_CYCLE)
    first = graph.below(starts[0]) + MOST_BINDS * binds
    # A worker counts from somewhere in the frame of its loop, below the kernel's.
    above = sum(size for n, size in graph.frames.items()
                if "work_slice" in n or n.startswith("arcbatch::device::work("))
    needed = max(graph.after(n)[0] for n in looking) + above
    print(f"sm_{arguments.arch}: {len(graph.calls)} functions, "
          f"largest frame {max(graph.frames.values())} bytes")
    print(f"from the kernel to the first look: {first} bytes, {MOST_BINDS * binds} of them for binds "
          "within binds")
    for name in sorted(looking, key=lambda n: -graph.after(n)[0]):
        print(f"below the look of {name.split('(')[0]}: {graph.after(name)[0]} bytes")
        if arguments.list:
            print("\n".join(graph.chain(name)))
    if arguments.list:
        print("from the kernel:")
        print("\n".join(graph.chain(starts[0])))
    print(f"needed below a look: {needed} bytes; kStackReserve is {reserve}, kStackLeast {least}")
    if needed > reserve or first > least:
        sys.exit("kStackReserve or kStackLeast is too small")


if __name__ == "__main__":
    main()
