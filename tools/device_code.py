#!/usr/bin/env python3
"""What nvcc made of the device code: registers, stack and spills, by kernel and architecture.

    tools/device_code.py [--build build/cuda] [--json FILE]

Asks the compiler for its report again, by the commands that the build's compile_commands.json has: where ccache is,
the answer comes from there. A kernel's registers are those after linking, with the functions that it calls."""

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOURCES = ["kernels.cu", "fast_scalar.cu"]
LANES = "fast_lanes.cu"


class Code:
    """The commands of a build and what the compiler says to them."""

    def __init__(self, build):
        with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
            every = json.load(file)
        self.build = build
        self.commands = {os.path.basename(c["file"]): shlex.split(c["command"]) for c in every
                         if c["file"].endswith(".cu")}
        if not self.commands:
            sys.exit(f"{build} builds no CUDA module")
        self.launcher = [tool] if (tool := shutil.which("ccache")) else []
        self.codes = re.findall(r"sm_(\d+)", " ".join(self.commands["kernels.cu"]))

    def compile(self, source, *options):
        """Compiles a source once more, with more options; returns the object's bytes and the report."""
        with tempfile.TemporaryDirectory() as folder:
            command = list(self.commands[source])
            out = command.index("-o") + 1
            # As the generator of the build has it, or ccache takes it for another command.
            at = command.index("-x")
            depends = ["-MD", "-MT", command[out], "-MF", os.path.join(folder, "code.d")]
            command[out] = path = os.path.join(folder, "code.o")
            command = [*command[:at], *depends, *command[at:], *options]
            done = subprocess.run([*self.launcher, *command], cwd=self.build, check=True,
                                  capture_output=True, text=True)
            with open(path, "rb") as file:
                return file.read(), done.stderr

    def reports(self, source):
        """Architecture -> function -> bytes of its frame, of spill stores and of spill loads."""
        verbose = any("-v" in option for option in self.commands[source])
        text = self.compile(source, *([] if verbose else ["-Xptxas=-v"]))[1]
        # The architectures come in the order in which they were asked for.
        parts = [part for part in re.split(r"(?<=gmem)\n", text) if "Function properties" in part]
        if len(parts) != len(self.codes):
            sys.exit(f"{source}: {len(parts)} reports of {len(self.codes)} architectures")
        all_reports = {}
        for code, part in zip(self.codes, parts):
            if any(other != code for other in re.findall(r"' for 'sm_(\d+)'", part)):
                sys.exit(f"{source}: the report of sm_{code} is of another architecture")
            all_reports[code] = {
                name: tuple(map(int, numbers)) for name, *numbers in re.findall(
                    r"Function properties for (\S+)\s+(\d+) bytes stack frame, "
                    r"(\d+) bytes spill stores, (\d+) bytes spill loads", part)}
        return all_reports

    def assembly(self, source):
        """A source as PTX, which does not depend on the architectures."""
        # The PTX stands as text in an object that nothing else is in.
        command = self.commands[source]
        self.commands[source] = [c for c in command if not c.startswith(("-gencode", "--generate"))]
        data, _ = self.compile(source, "-gencode=arch=compute_75,code=compute_75", "--no-compress")
        self.commands[source] = command
        start = data.index(b".version")
        return data[start:data.index(b"\0", start)].decode()

    def kernels(self):
        """Architecture -> kernel -> registers, after linking."""
        objects = [os.path.join(self.build, c[c.index("-o") + 1]) for name, c in
                   self.commands.items() if name in SOURCES]
        codes = [c for c in self.commands["kernels.cu"] if c.startswith(("-gencode", "--generate"))]
        with tempfile.TemporaryDirectory() as folder:
            report = subprocess.run(
                [self.commands["kernels.cu"][0], *codes, "-Xnvlink=-v,--suppress-stack-size-warning",
                 "-dlink", *objects, "-o", os.path.join(folder, "linked.o")], check=True,
                capture_output=True, text=True).stderr
        found = {}
        for name, registers, code in re.findall(
                r"Function properties for '(\S+)'.*\n.*?used (\d+) registers.*\(target: sm_(\d+)\)",
                report):
            found.setdefault(code, {})[plain_kernel(name)] = int(registers)
        return found


def plain_kernel(name):
    """work_slice of _ZN..._work_sliceENS_..."""
    return re.search(r"\d(work_slice|rebase_programs)E", name)[1]


def readable(name):
    return subprocess.run(["c++filt", name], capture_output=True, text=True,
                          check=True).stdout.split("(")[0].strip()


def table(code):
    """Rows of what the architectures have."""
    reports = [code.reports(source) for source in SOURCES]
    if LANES in code.commands:
        reports.append(code.reports(LANES))
    registers = code.kernels()
    rows = []
    for arch in code.codes:
        used = {}
        for report in reports[:2]:
            used.update(report[arch])
        for mangled, numbers in used.items():
            if "work_slice" in mangled or "rebase_programs" in mangled:
                name = plain_kernel(mangled)
                rows.append({"architecture": arch, "code": name, "functions": 1,
                             "registers": registers[arch][name], "frame": numbers[0],
                             "spilling": int(numbers[1] > 0), "spills": numbers[1]})
        for label, functions in (("functions that they call", used),
                                 ("fast_lanes, of no kernel yet",
                                  reports[2][arch] if len(reports) > 2 else {})):
            functions = {n: v for n, v in functions.items() if "cuda_GLOBAL" not in n and
                         "__nv_static" not in n}
            if not functions:
                continue
            largest = max(functions, key=lambda n, f=functions: f[n][0])
            rows.append({"architecture": arch, "code": label, "functions": len(functions),
                         "registers": None, "frame": functions[largest][0],
                         "largest_frame": readable(largest),
                         "spilling": sum(v[1] > 0 for v in functions.values()),
                         "spills": sum(v[1] for v in functions.values()),
                         "most_spilled": max(v[1] for v in functions.values())})
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build/cuda"))
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    rows = table(Code(arguments.build))
    print("| sm | code | functions | registers | largest frame | spilling | spilled bytes | most |")
    print("|---|---|---|---|---|---|---|---|")
    for r in rows:
        print(f"| {r['architecture']} | {r['code']} | {r['functions']} | {r['registers'] or ''} | "
              f"{r['frame']} | {r['spilling']} | {r['spills']} | {r.get('most_spilled', r['spills'])} |")
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
