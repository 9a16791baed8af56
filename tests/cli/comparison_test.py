"""What C is under `run`, batt functions under `run`, and what files and lines say of them."""

import csv
import os
import sqlite3

from _harness import arcbatch, check, main, read_lines, task, write

TRAIN = [([[1, 2]], [[2, 1]]), ([[3, 0, 4]], [[4, 0, 3]])]
TESTS = [([[5, 6]], None), ([[7, 8]], [[8, 7]])]

# By dialect: a mirror, and programs that use it.
MIRROR = {"arc-dsl": "vmirror(I)", "tokpidjin": "mir_rot_t(I, R2)"}
PROGRAMS = """from dsl import *
def given(S, I, C):
    return C
def mirrors(S, I, C):
    x1 = MIRROR
    x2 = equality(x1, C)
    return x1
def checks(S, I, C):
    x1 = MIRROR
    x2 = equality(x1, C)
    return x2
def plain(I):
    x1 = MIRROR
    return x1
def batt(task_id, S, I, C, log_path):
    s = []
    o = []
    t1 = MIRROR
    o.append((1, False, 'solve_a', t1))
    o.append((2, True, 'solve_b', C))
    s.append((1, 'solve_a', 'iz', (task_id, log_path)))
    return o, s
def samples(task_id, S, I, C, log_path):
    return (S, C)
"""
TAKES_C = ("given", "mirrors", "checks", "batt", "samples")
NAMES = ("given", "mirrors", "checks", "plain", "batt", "samples")


def grid(rows):
    return tuple(map(tuple, rows))


def value_of(name, given, c):
    """What CPython returns."""
    mirrored = tuple(row[::-1] for row in grid(given))
    if name == "given":
        return c
    if name in ("mirrors", "plain"):
        return mirrored
    if name == "checks":
        return mirrored == c
    if name == "samples":
        return tuple((grid(i), grid(o)) for i, o in TRAIN), c
    return ([(1, False, "solve_a", mirrored), (2, True, "solve_b", c)],
            [(1, "solve_a", "iz", (None, None))])


def wanted(comparison):
    """(program, split, index, C, repr, match) of every run, in order."""
    rows = []
    for name in NAMES:
        for split, pairs in (("train", TRAIN), ("test", TESTS)):
            for index, (given, output) in enumerate(pairs):
                takes = name in TAKES_C
                known = takes and output is not None
                how = {"none": [False], "expected": [known], "both": [False] + [True] * known}
                for compared in how[comparison]:
                    value = value_of(name, given, grid(output) if compared else None)
                    match = None if output is None else value == grid(output)
                    label = ("output" if compared else "None") if takes else None
                    rows.append((name, split, index, label, repr(value), match))
    return rows


def setup(folder, dialect):
    programs = write(folder, "p.py", PROGRAMS.replace("MIRROR", MIRROR[dialect]))
    write(folder, "tasks/mirror.json", task(TRAIN, TESTS))
    return ["--dialect", dialect, "--programs", programs, "--tasks", os.path.join(folder, "tasks")]


def run(folder, options, name, *more):
    out = os.path.join(folder, name)
    done = arcbatch("run", *options, "--jsonl", out, *more)
    check(done.code == 0, done)
    return done, read_lines(out)


def test_values_in_both_dialects(folder):
    for dialect in MIRROR:
        options = setup(folder, dialect)
        for comparison in ("none", "expected", "both"):
            ways = (("--no-share",), ("--jobs", "1"), ("--jobs", "2", "--batch-size", "1"),
                    ("--jobs", "2", "--batch-size", "7"), ("--path", "generic"))
            found = [run(folder, options, "out.jsonl", "--comparison", comparison, "--score", *way)
                     for way in ways]
            for done, lines in found:
                check(lines == found[0][1], done)
            check(("comparison" in found[0][0].out) == (comparison != "none"), found[0][0])
            got = [(x["program"], x["split"], x["index"], x.get("C"), x["value"], x["match"])
                   for x in found[0][1]]
            want = wanted(comparison)
            if comparison == "none":
                check(all("C" not in line for line in found[0][1]), found[0][1])
                want = [row[:3] + (None,) + row[4:] for row in want]
            check(got == want, (dialect, comparison, got, want))


def test_given_outputs_solve_nothing(folder):
    options = setup(folder, "arc-dsl")
    select = os.path.join(folder, "selected.jsonl")
    submission = os.path.join(folder, "submission.json")
    for comparison, names in (("none", {"mirrors", "plain"}), ("both", {"mirrors", "plain"}),
                              ("expected", {"plain"})):
        file = os.path.join(folder, comparison + ".sqlite")
        done, lines = run(folder, options, "out.jsonl", "--comparison", comparison, "--out", file,
                          "--select", select, "--submission", submission)
        check({line["program"] for line in read_lines(select)} == names, done)
        check("1 of 1 solved" in done.out, done)
        fair = [x for x in lines if x["match"] is not None and x.get("C") != "output"]
        matched = sum(x["match"] for x in fair)
        check(f"{matched} of {len(fair)} with an expected output matched" in done.out, done)
        again = [os.path.join(folder, name) for name in ("again.jsonl", "again.json")]
        check(arcbatch("export", file, "--select", again[0], "--submission", again[1]).code == 0)
        for ours, theirs in zip((select, submission), again):
            with open(ours, encoding="utf-8") as one, open(theirs, encoding="utf-8") as other:
                check(one.read() == other.read(), comparison)


def test_files_and_tables(folder):
    for dialect in MIRROR:
        options = setup(folder, dialect) + ["--comparison", "both"]
        file = os.path.join(folder, dialect + ".sqlite")
        _, lines = run(folder, options, "out.jsonl", "--out", file)
        exported = os.path.join(folder, "exported.jsonl")
        table = os.path.join(folder, "table.csv")
        check(arcbatch("export", file, "--jsonl", exported, "--csv", table).code == 0)
        with open(exported, encoding="utf-8") as one:
            with open(os.path.join(folder, "out.jsonl"), encoding="utf-8") as other:
                check(one.read() == other.read())
        with open(table, newline="", encoding="utf-8") as text:
            rows = list(csv.DictReader(text))
        check([row["C"] or None for row in rows] == [line["C"] for line in lines], rows)
        database = sqlite3.connect(file)
        stored = [row[0] for row in database.execute("SELECT compared FROM runs ORDER BY id")]
        check(stored == [{None: None, "None": 0, "output": 1}[line["C"]] for line in lines], stored)
        meta = dict(database.execute("SELECT key, value FROM meta"))
        check(meta["comparison"] == "both" and meta["dialect"] == dialect, meta)
        predictions = database.execute(
            "SELECT count(*) FROM predictions p JOIN runs r ON r.id = p.run WHERE r.compared = 1")
        check(predictions.fetchone() == (0,))
        database.close()
        report = arcbatch("report", file)
        check(report.code == 0 and dialect in report.out and "comparison" in report.out, report)

        # Shards, and a file that was stopped, come to the same.
        parts = [os.path.join(folder, f"{dialect}-{k}.sqlite") for k in (1, 2)]
        for k, part in enumerate(parts):
            check(arcbatch("run", *options, "--out", part, "--shard", f"{k + 1}/2").code == 0)
        merged = os.path.join(folder, dialect + "-merged.sqlite")
        check(arcbatch("merge-runs", merged, *parts).code == 0)
        cut = sqlite3.connect(file)
        cut.execute("DELETE FROM runs WHERE id >= 11")
        cut.execute("DELETE FROM predictions WHERE run >= 11")
        cut.commit()
        cut.close()
        resumed = arcbatch("resume", file)
        check(resumed.code == 0, resumed)
        for path in (merged, file):
            check(arcbatch("export", path, "--jsonl", exported).code == 0)
            check(read_lines(exported) == lines, path)


def test_files_of_the_version_before(folder):
    options = setup(folder, "arc-dsl")
    file = os.path.join(folder, "old.sqlite")
    _, lines = run(folder, options, "out.jsonl", "--out", file)
    old = sqlite3.connect(file)
    old.execute("ALTER TABLE runs DROP COLUMN compared")
    old.execute("DELETE FROM meta WHERE key = 'comparison'")
    old.execute("PRAGMA user_version = 3")
    old.commit()
    old.close()
    exported = os.path.join(folder, "exported.jsonl")
    programs = os.path.join(folder, "programs.csv")
    select = os.path.join(folder, "select.jsonl")
    done = arcbatch("export", file, "--jsonl", exported, "--programs", programs, "--select", select)
    check(done.code == 0 and read_lines(exported) == lines and len(read_lines(select)) == 2, done)
    check(arcbatch("report", file).code == 0)
    for command in (("resume", file), ("merge-runs", os.path.join(folder, "new.sqlite"), file)):
        done = arcbatch(*command)
        check(done.code == 1 and "has version 3 of the tables, not 4: it can be read" in done.err,
              done)


def test_what_depends_on_addresses_is_refused(folder):
    programs = write(folder, "p.py", """def batt(task_id, S, I, C, log_path):
    o = []
    t1 = insert(I, initset(None))
    t2 = first(t1)
    o.append((1, I))
    o.append((2, t2))
    return o
def unused(task_id, S, I, C, log_path):
    o = []
    t1 = insert(I, initset(None))
    t2 = first(t1)
    o.append((1, I))
    return o
""")
    write(folder, "tasks/mirror.json", task(TRAIN, TESTS))
    _, lines = run(folder, ["--dialect", "tokpidjin", "--programs", programs, "--tasks",
                            os.path.join(folder, "tasks")], "out.jsonl", "-q")
    for line in lines:
        if line["program"] == "batt":
            check(line["status"] == "unsupported" and "addresses" in line["reason"], line)
            check(not line["match"], line)
        else:
            pairs = TRAIN if line["split"] == "train" else TESTS
            check(line["value"] == repr([(1, grid(pairs[line["index"]][0]))]), line)


def test_messages_name_operations_of_the_dialect(folder):
    options = setup(folder, "tokpidjin")
    done = arcbatch("run", *options, "--comparison", "both", "--log-level", "debug")
    check(done.code == 0 and "checks: equality on " in done.err, done)
    check("checks: mir_rot_t on " in done.err, done)


def test_clear_refusals(folder):
    options = setup(folder, "arc-dsl")
    done = arcbatch("run", *options, "--comparison", "both", "--backend", "emulated")
    check(done.code == 1 and "--backend emulated is for --comparison none" in done.err, done)
    done = arcbatch("run", *options, "--comparison", "some")
    check(done.code == 2 and "--comparison" in done.err, done)
    done = arcbatch("run", *options, "--backend", "emulated", "--jsonl",
                    os.path.join(folder, "emulated.jsonl"))
    check(done.code == 0, done)
    _, lines = run(folder, options, "cpu.jsonl")
    check(read_lines(os.path.join(folder, "emulated.jsonl")) == lines, done)
    check("left         8 lists and texts of batt functions" in done.out, done)
    file = os.path.join(folder, "tok.sqlite")
    options = setup(folder, "tokpidjin")
    check(arcbatch("run", *options, "--out", file).code == 0)
    cut = sqlite3.connect(file)
    cut.execute("DELETE FROM runs WHERE id >= 3")
    cut.commit()
    cut.close()
    done = arcbatch("resume", file, "--backend", "emulated")
    check(done.code == 1 and "devices lack other dialects" in done.err, done)


if __name__ == "__main__":
    main(globals())
