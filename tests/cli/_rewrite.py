#!/usr/bin/env python3
"""Whether what extract and merge write has the outcomes of what they were given.

    _rewrite.py merge   --tasks DIR [--dialect D] [--count N] FILE...   all solvers of the files
    _rewrite.py extract --tasks DIR [--dialect D] [--count N] FILE...   every entry of batt files

Runs the engine alone, on N tasks, with C = None and with C = the output. Exits 1 on a difference.
"""

import argparse
import json
import os
import random
import re
import sys
import tempfile
from collections import Counter

from _harness import arcbatch


def examples(task):
    """(kind, index, C as batt names it, [S, I, C]) of every run of a task."""
    pairs = [[p["input"], p["output"]] for p in task["train"]]
    for kind, name in (("demo", "train"), ("test", "test")):
        for index, pair in enumerate(task[name]):
            yield kind, index, "None", [pairs, pair["input"], None]
            if pair.get("output") is not None:
                yield kind, index, "output", [pairs, pair["input"], pair["output"]]


def parameters(source, function):
    """The names of the parameters of a def."""
    found = re.search(rf"^def {re.escape(function)}\(([^)]*)\):", source, re.M)
    return [p.split("=")[0].strip() for p in found.group(1).split(",")]


def arguments(source, function, args):
    """Those of (S, I, C) that a function takes."""
    taken = parameters(source, function)
    return [args[1]] if len(taken) == 1 or "=" in taken[1] else args[:len(taken)]


def evaluate(requests, dialect):
    """The outcomes of [(source, function, (S, I, C))]: texts as batt entries show them."""
    lines = [json.dumps({"source": s, "function": f, "args": arguments(s, f, a),
                         "dialect": dialect}) for s, f, a in requests]
    answers = arcbatch("eval", "--jsonl", stdin="\n".join(lines) + "\n").out.splitlines()
    assert len(answers) == len(lines), (len(answers), len(lines))
    return [shown(json.loads(answer)) for answer in answers]


def shown(answer):
    """The repr of a value, a class of errors in quotes, or None for what is neither."""
    if answer["status"] == "value":
        return re.sub(r" at 0x[0-9a-f]+", "", answer["value"])
    if answer["status"] == "error":
        return repr(answer["error"])
    return None


def batt(path, tasks, dialect):
    """(task, kind, index, C) -> the line of `arcbatch batt`."""
    # A batt has one budget for all its solvers.
    done = arcbatch("batt", path, "--dialect", dialect, "--max-steps", 10**12,
                    "--tasks", *tasks, timeout=3000)
    found = {}
    for text in done.out.splitlines():
        line = json.loads(text)
        found[line["task"], line["kind"], line["index"], line["C"]] = line
    assert found, done
    return found


def load(path):
    """A task file, and its name."""
    with open(path, encoding="utf-8") as handle:
        return os.path.basename(path)[:-5], json.load(handle)


def defs(source):
    """The names of the functions that a run takes, each last def of its name once."""
    names = []
    for found in re.finditer(r"^def (\w+)\(([^)]*)\):", source, re.M):
        taken = [p for p in found.group(2).split(",") if "=" not in p]
        if len(taken) <= 1 or [t.strip() for t in taken] in (["S", "I"], ["S", "I", "C"]):
            names.append(found.group(1))
    return list(dict.fromkeys(names))


def alone(source, function):
    """A source with little but the function, where the file is nothing but solvers."""
    blocks = re.split(r"^(?=def )", source, flags=re.M)
    names = {re.match(r"def (\w+)", b).group(1) for b in blocks[1:]}
    own = [b for b in blocks[1:] if re.match(r"def (\w+)", b).group(1) == function][-1]
    used = set(re.findall(r"\w+", own)) & names
    return blocks[0] + own if used == {function} and len(blocks) > 3 else source


def compare_merged(paths, tasks, dialect, folder):
    """Counts of entries of the merged file that are, and are not, what the solver gives alone."""
    merged = os.path.join(folder, "merged.py")
    done = arcbatch("merge", *paths, "--dialect", dialect, "--out", merged)
    assert done.code == 0, done
    lines = batt(merged, tasks, dialect)
    sources = []
    for path in paths:
        with open(path, encoding="utf-8") as handle:
            source = handle.read()
        sources += [(alone(source, name), name) for name in defs(source)]
    counts = Counter(solvers=len(sources))
    for path in tasks:
        task, data = load(path)
        for kind, index, c, args in examples(data):
            line = lines[task, kind, index, c]
            if line["status"] != "value":
                counts["runs of the batt without an outcome: " + line.get("reason", "")] += 1
                continue
            expected = evaluate([(s, f, args) for s, f in sources], dialect)
            assert len(line["o"]) == len(expected), (len(line["o"]), len(expected))
            for (_, name), want, entry in zip(sources, expected, line["o"]):
                got = re.sub(r" at 0x[0-9a-f]+", "", entry[3] or "") or None
                if re.sub(r"\.\d+$", "", entry[2]) != re.sub(r"^solve_(?=.)", "", name):
                    counts["different"] += 1
                    print("name", name, entry)
                if want is None:
                    counts["alone without an outcome"] += 1
                    continue
                counts["errors" if want[0] == "'" else "values"] += 1
                if got is None and "<" in want:
                    continue
                if got != want:
                    counts["different"] += 1
                    print(task, kind, index, c, name, "\n  alone ", want[:200], "\n  merged",
                          str(entry)[:200])
    return counts


def compare_extracted(path, tasks, dialect, folder, limit=None, seed=0):
    """The same for the entries of a batt file and what is extracted for them."""
    lines = batt(path, tasks, dialect)
    first = next(line for line in lines.values() if line["status"] == "value")
    numbers = list(dict.fromkeys(entry[0] for name in "os" for entry in first[name]))
    if limit is not None and len(numbers) > limit:
        numbers = random.Random(seed).sample(numbers, limit)
    counts, solvers = Counter(entries=len(numbers)), {}
    for number in numbers:
        out = os.path.join(folder, "one.py")
        done = arcbatch("extract", path, "--dialect", dialect, "--node", number, "--out", out)
        if done.code != 0:
            counts["not extracted"] += 1
            print(done.err)
            continue
        with open(out, encoding="utf-8") as handle:
            source = handle.read()
        solvers[number] = source, re.findall(r"^def (\w+)", source, re.M)[-1]
    for task_path in tasks:
        task, data = load(task_path)
        for kind, index, c, args in examples(data):
            line = lines[task, kind, index, c]
            if line["status"] != "value":
                counts["runs of the batt without an outcome"] += 1
                continue
            entries = [e for name in "os" for e in line[name] if e[0] in solvers]
            expected = evaluate([(*solvers[e[0]], args) for e in entries], dialect)
            for entry, got in zip(entries, expected):
                if entry[-1] is None or got is None:
                    counts["of an order by address"] += 1
                    if (entry[-1] is None) != (got is None) and "<" not in (got or ""):
                        counts["different"] += 1
                        print(task, kind, index, c, str(entry)[:200], got)
                    continue
                counts["compared"] += 1
                if re.sub(r" at 0x[0-9a-f]+", "", entry[-1]) != got:
                    counts["different"] += 1
                    print(path, task, kind, index, c, entry[0], "\n  batt     ", entry[-1][:200],
                          "\n  extracted", got[:200])
    return counts


def main():
    """Compares files that are given."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("mode", choices=["merge", "extract"])
    parser.add_argument("--tasks", required=True)
    parser.add_argument("--dialect", default="tokpidjin")
    parser.add_argument("--count", type=int, default=5)
    parser.add_argument("--entries", type=int, help="of each file at most, chosen at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    ids = sorted(n for n in os.listdir(options.tasks) if n.endswith(".json"))
    chosen = random.Random(options.seed).sample(ids, min(options.count, len(ids)))
    tasks = [os.path.join(options.tasks, n) for n in chosen]
    different = 0
    with tempfile.TemporaryDirectory() as folder:
        if options.mode == "merge":
            found = [compare_merged(options.files, tasks, options.dialect, folder)]
        else:
            found = [compare_extracted(f, tasks, options.dialect, folder, options.entries,
                                       options.seed) for f in options.files]
    for counts in found:
        print(dict(counts))
        different += counts["different"] + counts["not extracted"]
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
