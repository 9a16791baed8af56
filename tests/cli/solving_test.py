"""Searching: programs that reproduce the training pairs, submissions, scores, and what tells that
two programs do the same."""

import csv
import json
import os

from _harness import arcbatch, check, main, read_lines, task, write

# The task is to mirror the grid. `longer` and `shorter` do so on the training pairs alone.
TRAIN = [([[1, 2]], [[2, 1]]), ([[3, 0, 4]], [[4, 0, 3]])]
PROGRAMS = """from dsl import *
def right(I):
    x1 = hmirror(I)
    x2 = vmirror(x1)
    return x2
def again(grid):
    turned = hmirror(grid)
    return vmirror(turned)
def shorter(I):
    x1 = rot180(I)
    return x1
def cut(I):
    x1 = vmirror(I)
    x2 = crop(x1, ORIGIN, (1, 2))
    x3 = width(I)
    x4 = equality(x3, 2)
    x5 = branch(x4, x2, x1)
    return x5
def wrong(I):
    return I
def number(I):
    x1 = height(I)
    x2 = equality(x1, 1)
    x3 = rot180(I)
    x4 = branch(x2, x3, 7)
    return x4
def error(I):
    return first(7)
"""


def work(folder):
    """Three tasks: solved by some, by none, and without training pairs."""
    programs = write(folder, "programs.py", PROGRAMS)
    write(folder, "tasks/mirror.json", task(TRAIN, [([[5, 6], [7, 8]], None), ([[1, 2]], None)]))
    write(folder, "tasks/none.json", task([([[1]], [[2]])], [([[1]], None)]))
    write(folder, "tasks/bare.json", task([], [([[1, 1]], [[1, 1]])]))
    return ["--programs", programs, "--tasks", os.path.join(folder, "tasks")]


def test_selection(folder):
    selected, submission = (os.path.join(folder, name) for name in ("s.jsonl", "sub.json"))
    result = arcbatch("run", *work(folder), "--select", selected, "--submission", submission)
    check(result.code == 0, result.err)
    check("5 programs for a task; predictions for 1 task\n" in result.out, result.out)
    lines = read_lines(selected)
    check([line["program"] for line in lines] == ["right", "again", "shorter", "cut", "number"],
          lines)
    check(all(line["task"] == "mirror" for line in lines), lines)
    check(lines[0]["fingerprint"] == lines[1]["fingerprint"] != lines[2]["fingerprint"], lines)
    check([line["size"] for line in lines] == [2, 2, 1, 5, 4], lines)
    check(lines[0]["test"] == [[[8, 7], [6, 5]], [[2, 1]]], lines)
    check(lines[4]["test"] == [None, [[2, 1]]], lines)
    with open(submission, encoding="utf-8") as file:
        attempts = json.load(file)
    turned, mirrored = [[8, 7], [6, 5]], [[6, 5]]
    check(attempts == {
        "mirror": [{"attempt_1": turned, "attempt_2": mirrored},
                   {"attempt_1": [[2, 1]], "attempt_2": [[2, 1]]}],
        "none": [{"attempt_1": [[0]], "attempt_2": [[0]]}],
        "bare": [{"attempt_1": [[0]], "attempt_2": [[0]]}]}, attempts)


def test_selection_of_a_results_file(folder):
    paths = {name: os.path.join(folder, name) for name in ("a.jsonl", "a.json", "b.jsonl", "b.json")}
    results = os.path.join(folder, "r.sqlite")
    sources = work(folder)
    ran = arcbatch("run", *sources, "--select", paths["a.jsonl"], "--submission", paths["a.json"],
                   "--out", results, "--jobs", "2", "--batch-size", "1")
    check(ran.code == 0, ran.err)
    exported = arcbatch("export", results, "--select", paths["b.jsonl"], "--submission",
                        paths["b.json"])
    check(exported.code == 0, exported.err)
    for kind in ("jsonl", "json"):
        with open(paths[f"a.{kind}"], "rb") as a, open(paths[f"b.{kind}"], "rb") as b:
            check(a.read() == b.read(), kind)


def test_order_of_programs_does_not_matter(folder):
    work(folder)
    functions = ["def " + text for text in PROGRAMS.split("def ")[1:]]
    texts = []
    for k, order in enumerate((functions, functions[::-1])):
        path = write(folder, f"order{k}.py", "from dsl import *\n" + "".join(order))
        out = os.path.join(folder, f"{k}.json")
        result = arcbatch("run", "--programs", path, "--tasks", os.path.join(folder, "tasks"),
                          "--submission", out)
        check(result.code == 0, result.err)
        with open(out, "rb") as file:
            texts.append(file.read())
    check(texts[0] == texts[1], texts)


def test_scores(folder):
    sources = work(folder)
    lines = {}
    for share in ("--jobs=1", "--no-share"):
        out = os.path.join(folder, "scores.jsonl")
        result = arcbatch("run", *sources, "--score", "--jsonl", out, share)
        check(result.code == 0, result.err)
        lines[share] = read_lines(out)
    check(lines["--jobs=1"] == lines["--no-share"])
    found = {(line["program"], line["task"], line["split"], line["index"]): line
             for line in lines["--no-share"]}
    def score(*key):
        return found[key].get("score")
    check(score("right", "mirror", "train", 0) ==
          {"shape": 1, "cells": 1, "palette": 1, "total": 1}, found)
    check(score("wrong", "mirror", "train", 1) ==
          {"shape": 1, "cells": 1 / 3, "palette": 1, "total": (1 + 1 / 3 + 1) / 3}, found)
    check(score("error", "mirror", "train", 0) ==
          {"shape": 0, "cells": 0, "palette": 0, "total": 0}, found)
    check(score("right", "mirror", "test", 0) is None, found)
    plain = os.path.join(folder, "plain.jsonl")
    arcbatch("run", *sources, "--jsonl", plain)
    check(all("score" not in line for line in read_lines(plain)))


def test_outputs_and_behaviours(folder):
    sources = work(folder)
    results, table = (os.path.join(folder, name) for name in ("r.sqlite", "p.csv"))
    lines_path = os.path.join(folder, "r.jsonl")
    result = arcbatch("run", *sources, "--out", results, "--score", "--jsonl", lines_path)
    check(result.code == 0, result.err)
    outputs = {}
    for line in read_lines(lines_path):
        what = line["value"] or line["error"] or line["reason"]
        check(outputs.setdefault((line["status"], what), line["output"]) == line["output"], line)
    check(len(set(outputs.values())) == len(outputs), outputs)
    exported = arcbatch("export", results, "--programs", table, "--jsonl",
                        os.path.join(folder, "again.jsonl"))
    check(exported.code == 0, exported.err)
    check(read_lines(lines_path) == read_lines(os.path.join(folder, "again.jsonl")))
    with open(table, newline="", encoding="utf-8") as file:
        rows = {row["program"]: row for row in csv.DictReader(file)}
    check(rows["right"]["behaviour"] == rows["shorter"]["behaviour"] != rows["cut"]["behaviour"],
          rows)
    check(rows["right"]["fingerprint"] == rows["again"]["fingerprint"], rows)
    check(rows["error"]["errors"] == rows["error"]["runs"] == "7", rows)
    check(float(rows["error"]["score"]) == 0 and abs(float(rows["right"]["score"]) - (3 + 1 / 3) / 4) < 1e-9, rows)


if __name__ == "__main__":
    main(globals())
