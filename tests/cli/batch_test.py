"""Batches: one result for any number of workers, shards and interruptions, and the files that
hold it."""

import contextlib
import csv
import json
import os
import pty
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import time

from _harness import ARCBATCH, arcbatch, check, main, read_lines, task, write

# Every kind of outcome, on every built-in task.
PROGRAMS = ("from dsl import *\n"
            "def turn(I):\n    O = rot90(I)\n    return O\n"
            "def same(I):\n    return I\n"
            "def error(I):\n    x1 = first(I)\n    x2 = add(x1, I, I)\n    return x2\n"
            "def other(I):\n    x1 = objects(I, T, F, T)\n    x2 = first(x1)\n    return x2\n"
            "def limit(I):\n    x1 = canvas(0, (1000000, 1000000))\n    return x1\n"
            "def unsupported(I):\n    x1 = multiply(4611686018427387904, 4)\n    return x1\n"
            "def nested(I, n=ONE):\n    x1 = multiply((1, (2, 3)), 4)\n    return x1\n")
# About a millisecond a run.
SLOW = ("    x1 = canvas(0, (80, 80))\n    x2 = asobject(x1)\n    x3 = totuple(x2)\n"
        "    x4 = first(I)\n    return x4\n")
CANONICAL = ("meta", "programs", "tasks", "runs", "predictions")


def in_folder(folder, name):
    return os.path.join(folder, name)


def sources(folder, files=1):
    """Files of programs, for the built-in tasks."""
    for k in range(files):
        write(folder, f"programs/{k}.py", PROGRAMS)
    return ["--programs", in_folder(folder, "programs")]


def slow_sources(folder, functions=200):
    """Ten slow runs for every function."""
    path = write(folder, "slow.py", "".join(f"def f{k}(I):\n{SLOW}" for k in range(functions)))
    for name in ("t1", "t2"):
        write(folder, f"slow/{name}.json",
              task([([[1, 2]], [[1, 2]]), ([[3]], [[4]])], [([[k]], None) for k in range(3)]))
    return ["--programs", path, "--tasks", os.path.join(folder, "slow"), "--no-share"]


@contextlib.contextmanager
def opened(path):
    """A connection that is committed and closed at the end."""
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        yield database


def canonical(path):
    """The tables that have to be the same, row by row."""
    with opened(path) as database:
        database.text_factory = bytes
        check(database.execute("PRAGMA integrity_check").fetchone()[0] == b"ok", path)
        return {name: database.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()
                for name in CANONICAL}


def saved(path):
    """How many runs a results file holds, which are the first ones of the work."""
    with opened(path) as database:
        ids = [row[0] for row in database.execute("SELECT id FROM runs ORDER BY id")]
    check(ids == list(range(ids[0], ids[0] + len(ids))) if ids else True, ids)
    return len(ids)


def content(path):
    with open(path, "rb") as file:
        return file.read()


def exported(folder, path):
    out = os.path.join(folder, "exported.jsonl")
    done = arcbatch("export", path, "--jsonl", out)
    check(done.code == 0 and not done.out and not done.err, done)
    return content(out)


def untimed(summary):
    """A summary without the lines that time or worker counts change."""
    return [line for line in summary.splitlines() if not re.match(r"time|slowest|shared|kernels|  +[\d.]+ ", line)]


def start(*arguments, **options):
    return subprocess.Popen([ARCBATCH, *map(str, arguments)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, **options)


def wait_for(condition, seconds=60):
    deadline = time.time() + seconds
    while not condition():
        check(time.time() < deadline, "waited too long")
        time.sleep(0.005)


def test_workers_and_batch_sizes_change_nothing(folder):
    where = sources(folder)
    expected = None
    for jobs in (1, 2, 3):
        for size, share in ((1, []), (7, []), (1000, []), (1000, ["--no-share"])):
            name = f"{jobs}-{size}{''.join(share)}"
            out = in_folder(folder, f"{name}.sqlite")
            lines = in_folder(folder, f"{name}.jsonl")
            done = arcbatch("run", *where, "--jobs", jobs, "--batch-size", size, "--out", out,
                            "--jsonl", lines, *share)
            check(done.code == 0, done)
            got = (content(lines), canonical(out), untimed(done.out))
            if expected is None:
                expected = got
                statuses = {line["status"] for line in read_lines(lines)}
                check(statuses == {"value", "error", "limit", "unsupported"}, statuses)
            check(got == expected, (jobs, size, done))
            check(exported(folder, out) == expected[0], (jobs, size))
            check(not os.path.exists(out + "-wal"), os.listdir(folder))


def test_a_profile_tells_what_shared_nodes_depend_on(folder):
    write(folder, "programs.py", "from dsl import *\n"
          "def a(S, I):\n    f = compose(first, last)\n    x = apply(f, S)\n    return vmirror(I)\n"
          "def b(S, I, C):\n    f = compose(first, last)\n    y = vmirror(I)\n    return equality(y, C)\n")
    pair = {"input": [[1, 2]], "output": [[2, 1]]}
    tasks = in_folder(folder, "tasks")
    for name in ("t1", "t2"):
        write(folder, f"tasks/{name}.json", json.dumps({"train": [pair, pair], "test": [pair]}))
    report = in_folder(folder, "profile.json")
    done = arcbatch("run", "--programs", in_folder(folder, "programs.py"), "--tasks", tasks, "--jobs", 1,
                    "--profile", "--profile-json", report)
    check(done.code == 0 and re.search(r"^nodes of +different", done.out, re.M), done)
    nodes = {row["class"]: row for row in json.loads(content(report))["nodes"]}
    check({name: row["nodes"] for name, row in nodes.items()} == {"literals": 1, "S": 1, "I": 1, "C": 1}, nodes)
    check({name: row["evaluated"] for name, row in nodes.items()} == {"literals": 2, "S": 2, "I": 6, "C": 6}, nodes)
    check(nodes["I"]["visits"] == 12 and nodes["literals"]["visits"] == 6, nodes)
    check(all(row["ns"] > 0 for row in nodes.values()), nodes)
    done = arcbatch("run", "--programs", in_folder(folder, "programs.py"), "--tasks", tasks, "--no-share",
                    "--profile", "--profile-json", report)
    check(done.code == 0 and "nodes of" not in done.out, done)
    check(json.loads(content(report))["nodes"] == [], report)


def test_shards_are_the_whole_cut_in_pieces(folder):
    where = sources(folder)
    whole = in_folder(folder, "whole.sqlite")
    lines = in_folder(folder, "whole.jsonl")
    check(arcbatch("run", *where, "--out", whole, "--jsonl", lines).code == 0)
    for count in (2, 5):
        parts, pieces = [], b""
        for k in range(1, count + 1):
            part, piece = (in_folder(folder, f"{k}of{count}.{end}") for end in ("sqlite", "jsonl"))
            done = arcbatch("run", *where, "--shard", f"{k}/{count}", "--out", part, "--jsonl",
                            piece)
            check(done.code == 0 and f"{k} of {count}: " in done.out, done)
            parts.append(part)
            pieces += content(piece)
        check(pieces == content(lines), count)
        merged = in_folder(folder, f"merged{count}.sqlite")
        done = arcbatch("merge-runs", merged, *random.sample(parts, count))
        check(done.code == 0 and f"{count} shards" in done.out, done)
        check(canonical(merged) == canonical(whole), count)
        check(exported(folder, merged) == content(lines), count)
        with opened(merged) as database:
            runs = database.execute("SELECT sum(runs) FROM program_times").fetchone()[0]
        check(runs == len(read_lines(lines)), runs)
        report = arcbatch("report", merged)
        check(report.code == 0 and "finished\n" in report.out, report)


def test_more_shards_than_work(folder):
    where = ["--programs", write(folder, "p.py", "def f(I):\n    return I\n"), "--tasks",
             write(folder, "t1.json", task([([[1]], [[1]])]))]
    parts = []
    for k in (1, 2, 3):
        parts.append(in_folder(folder, f"{k}.sqlite"))
        done = arcbatch("run", *where, "--shard", f"{k}/3", "--out", parts[-1])
        check(done.code == 0, done)
    done = arcbatch("merge-runs", in_folder(folder, "all.sqlite"), *parts)
    check(done.code == 0 and "1 run of 3 shards" in done.out, done)


def test_shards_that_do_not_fit_are_refused(folder):
    where = sources(folder)
    parts = [in_folder(folder, f"{k}.sqlite") for k in (1, 2, 3)]
    for k, part in enumerate(parts, start=1):
        check(arcbatch("run", *where, "--shard", f"{k}/3", "--out", part, "-q").code == 0)
    other = in_folder(folder, "other.sqlite")
    check(arcbatch("run", *where, "--shard", "3/3", "--out", other, "--max-steps", "9").code == 0)
    unfinished = in_folder(folder, "unfinished.sqlite")
    shutil.copy(parts[2], unfinished)
    with opened(unfinished) as database:
        database.execute("DELETE FROM runs WHERE id = (SELECT max(id) FROM runs)")
    out = in_folder(folder, "out.sqlite")
    for inputs, text in (([parts[0], parts[2]], "are missing"), (parts[:2], "are missing"),
                         (parts[1:], "runs 0 to "), ([*parts, parts[1]], "another file has too"),
                         ([*parts[:2], other], "differ in programs, tasks, limits"),
                         ([*parts[:2], unfinished], "arcbatch resume " + unfinished),
                         ([*parts[:2], in_folder(folder, "absent")], "No such file")):
        done = arcbatch("merge-runs", out, *inputs)
        check(done.code == 1 and text in done.err and not done.out, (inputs, done))
        check(len(done.err.splitlines()) == 1, done)
        check(not os.path.exists(out) and not os.path.exists(out + ".part"), os.listdir(folder))
    before = content(parts[0])
    done = arcbatch("merge-runs", parts[0], *parts)
    check(done.code == 1 and "exists already" in done.err and content(parts[0]) == before, done)


def test_killed_at_any_moment_and_resumed(folder):
    where = slow_sources(folder)
    whole = in_folder(folder, "whole.sqlite")
    began = time.time()
    check(arcbatch("run", *where, "--out", whole).code == 0)
    took = time.time() - began
    seed = random.randrange(1 << 30)
    print("seed", seed)
    moments = random.Random(seed)
    counts = []
    for k in range(4):
        out = in_folder(folder, f"{k}.sqlite")
        command = ["run", *where, "--out", out]
        for _ in range(3):
            process = start(*command, "--jobs", moments.randint(1, 3), "--batch-size",
                            moments.choice((1, 7, 64)))
            time.sleep(moments.uniform(0, took * 0.6))
            process.kill()
            process.communicate()
            if os.path.exists(out):
                command = ["resume", out]
                counts.append(saved(out))
        done = arcbatch(*command)
        check(done.code == 0, done)
        check(canonical(out) == canonical(whole), (k, done))
        with opened(out) as database:
            runs = database.execute("SELECT sum(runs) FROM program_times").fetchone()[0]
        check(runs == saved(whole), (runs, done))
    check(any(0 < n < saved(whole) for n in counts), counts)
    check(exported(folder, out) == exported(folder, whole))


def test_an_interrupt_saves_what_was_begun(folder):
    where = slow_sources(folder, 4000)
    out = in_folder(folder, "out.sqlite")
    with start("run", *where, "--out", out, "--batch-size", "16") as process:
        wait_for(lambda: os.path.exists(out))
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        text, err = process.communicate(timeout=60)
    check(process.returncode == 1, (process.returncode, text, err))
    found = re.search(r"interrupted after (\d+) of 40000 runs", text)
    check(found and saved(out) == int(found[1]) > 0, (text, err))
    check(f"arcbatch resume {out}" in text, text)
    with opened(out) as database:
        check(database.execute("SELECT ended FROM sessions").fetchall() == [("interrupted",)])
    done = arcbatch("resume", out, "--time-limit", "0.3", "--no-share")
    check(done.code == 1 and "time limit reached after" in done.out, done)
    check(int(found[1]) < saved(out) < 40000, done)
    report = arcbatch("report", out)
    check(report.code == 0 and f"{saved(out)} of 40000 runs done" in report.out, report)
    check(len(exported(folder, out).splitlines()) == saved(out))


def test_a_second_interrupt_ends_at_once(folder):
    body = "".join(f"    x{k} = asobject(canvas(0, (1500, 1500)))\n" for k in range(1, 60))
    where = ["--programs", write(folder, "p.py", f"def f(I):\n{body}    return I\n"), "--tasks",
             write(folder, "t1.json", task([([[1]], [[1]])] * 50))]
    out = in_folder(folder, "out.sqlite")
    with start("run", *where, "--out", out, "--jobs", "1") as process:
        wait_for(lambda: os.path.exists(out))
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        check(process.poll() is None, "the batch was to take longer")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
    check(process.returncode == 130, process.returncode)
    check(arcbatch("report", out).code == 0)


def test_a_time_limit_ends_the_whole(folder):
    where = slow_sources(folder, 20000)
    began = time.time()
    done = arcbatch("run", *where, "--time-limit", "1", "--batch-size", "8", "-q")
    check(done.code == 1 and not done.err and time.time() - began < 30, done)
    done = arcbatch("run", *sources(folder), "--time-limit", "600", "-q")
    check(done.code == 0 and not done.err, done)


def limit_file_size(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def check_full_disk(where, out, **options):
    """A run that meets its file's limit, and the resume once there is room."""
    with start("run", *where, "--out", out, "-q", **options) as process:
        text, err = process.communicate(timeout=120)
    check(process.returncode == 1 and not text, (process.returncode, text, err))
    check(len(err.splitlines()) == 1 and out in err and f"arcbatch resume {out}" in err, err)
    found = re.search(r"(\d+) of (\d+) runs are saved", err)
    check(found and 0 < int(found[1]) == saved(out) < int(found[2]), err)
    return err


def test_a_limit_on_the_size_of_files(folder):
    where = sources(folder, 5)
    whole = in_folder(folder, "whole.sqlite")
    check(arcbatch("run", *where, "--out", whole).code == 0)
    out = in_folder(folder, "out.sqlite")
    err = check_full_disk(where, out, preexec_fn=lambda: limit_file_size(400_000))
    check("File too large" in err, err)
    done = arcbatch("resume", out)
    check(done.code == 0 and canonical(out) == canonical(whole), done)
    # Where not even the tables fit, nothing is left behind.
    early = in_folder(folder, "early.sqlite")
    with start("run", *where, "--out", early, "-q", preexec_fn=lambda: limit_file_size(9000)) as process:
        text, err = process.communicate(timeout=60)
    check(process.returncode == 1 and len(err.splitlines()) == 1 and not text, (text, err))
    check(not [name for name in os.listdir(folder) if name.startswith("early")], err)


def test_a_full_disk(folder):
    disk = in_folder(folder, "disk")
    os.mkdir(disk)
    mount = ["mount", "-t", "tmpfs", "-o", "size=500k", "tmpfs", disk]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        print("not run: a small file system cannot be mounted here")
        return
    try:
        where = sources(folder, 5)
        whole = in_folder(folder, "whole.sqlite")
        check(arcbatch("run", *where, "--out", whole).code == 0)
        out = in_folder(folder, "disk/out.sqlite")
        err = check_full_disk(where, out)
        check("full" in err, err)
        # Still full: the same message, and nothing is lost.
        count = saved(out)
        done = arcbatch("resume", out)
        check(done.code == 1 and len(done.err.splitlines()) == 1 and saved(out) >= count, done)
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        done = arcbatch("resume", out)
        check(done.code == 0 and canonical(out) == canonical(whole), done)
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_resume_from_elsewhere(folder):
    write(folder, "work/p.py", "def f(I):\n    return I\n")
    write(folder, "work/tasks/t1.json", task([([[1]], [[1]])] * 5))
    out = in_folder(folder, "out.sqlite")
    work = in_folder(folder, "work")
    full = in_folder(folder, "full.sqlite")
    for path in (out, full):
        with start("run", "--programs", "p.py", "--tasks", "tasks", "--out", path, cwd=work) as one:
            one.communicate(timeout=60)
        check(one.returncode == 0, one.returncode)

    def forget():
        with opened(out) as database:
            database.execute("DELETE FROM runs WHERE id >= 2")
    forget()
    done = arcbatch("resume", out)
    check(done.code == 0 and canonical(out) == canonical(full), done)
    # Moved, the file has to be told.
    forget()
    os.rename(work, in_folder(folder, "moved"))
    done = arcbatch("resume", out)
    check(done.code == 1 and "work/p.py" in done.err and "cannot resume" in done.err, done)
    with start("resume", out, "--programs", "p.py", "--tasks", "tasks",
               cwd=in_folder(folder, "moved")) as one:
        text, err = one.communicate(timeout=60)
    check(one.returncode == 0 and canonical(out) == canonical(full), (text, err))
    # Finished, it needs neither.
    done = arcbatch("resume", out)
    check(done.code == 0 and "out.sqlite: finished" in done.out, done)


def test_resume_refuses_what_is_not_the_same(folder):
    programs = write(folder, "p.py", "def f(I):\n    return I\n\ndef g(I):\n    return I\n")
    one = write(folder, "tasks/t1.json", task([([[1]], [[1]])] * 5))
    out = in_folder(folder, "out.sqlite")
    where = ["--programs", programs, "--tasks", in_folder(folder, "tasks")]
    check(arcbatch("run", *where, "--out", out, "--max-steps", "1000").code == 0)
    with opened(out) as database:
        database.execute("DELETE FROM runs WHERE id >= 2")

    def refused(text, *arguments):
        done = arcbatch("resume", out, *arguments)
        check(done.code == 1 and text in done.err and "cannot resume" in done.err, (text, done))
        check(len(done.err.splitlines()) == 1 and not done.out and saved(out) == 2, done)

    refused("the limit of steps was 1000, now it is 999", "--max-steps", "999")
    refused("the limit of depth was 400, now it is 7", "--max-depth", "7")
    original = content(programs).decode()
    write(folder, "p.py", original.replace("    return I", "    return 1", 1))
    refused("program f has changed, and 1 more")
    write(folder, "p.py", original.replace("g", "h"))
    refused("program f has changed, and 1 more")
    write(folder, "p.py", original + "\ndef h(I):\n    return I\n")
    refused("there were 2 programs, now there are 3")
    write(folder, "p.py", original)
    write(folder, "tasks/t2.json", task([([[1]], [[1]])]))
    refused("there were 1 tasks, now there are 2")
    os.rename(one, in_folder(folder, "t1.json"))
    refused("task number 1 was t1, now it is t2")
    os.remove(in_folder(folder, "tasks/t2.json"))
    write(folder, "tasks/t1.json", task([([[1]], [[2]])] * 5))
    refused("task t1 has changed")
    os.rename(in_folder(folder, "t1.json"), one)
    for key, value, text in (("engine", "0.0.1", "it is of arcbatch 0.0.1"),
                             ("dialect", "other", "its dialect is other")):
        with opened(out) as database:
            select = database.execute("SELECT value FROM meta WHERE key = ?", (key,))
            before = select.fetchone()[0]
            database.execute("UPDATE meta SET value = ? WHERE key = ?", (value, key))
            database.execute("UPDATE meta SET value = 'x' || value WHERE key = 'fingerprint'")
        refused(text)
        with opened(out) as database:
            database.execute("UPDATE meta SET value = ? WHERE key = ?", (before, key))
            database.execute("UPDATE meta SET value = substr(value, 2) WHERE key = 'fingerprint'")
    done = arcbatch("resume", out, "--max-steps", "1000", "--path", "generic", "--jobs", "3")
    check(done.code == 0 and saved(out) == 10, done)


def test_one_writer_and_readers_meanwhile(folder):
    out = in_folder(folder, "out.sqlite")
    with start("run", *slow_sources(folder, 4000), "--out", out) as process:
        wait_for(lambda: os.path.exists(out) and saved(out) > 0)
        second = arcbatch("resume", out)
        report = arcbatch("report", out)
        process.send_signal(signal.SIGTERM)
        text, err = process.communicate(timeout=60)
    check(second.code == 1 and "is being written by another arcbatch" in second.err, second)
    check(report.code == 0 and "of 40000 runs done" in report.out, report)
    check(process.returncode == 1 and "interrupted after" in text, (text, err))


def test_a_results_file_is_not_overwritten(folder):
    out = write(folder, "out.sqlite", "mine")
    done = arcbatch("run", "--out", out)
    check(done.code == 1 and "exists already" in done.err and content(out) == b"mine", done)
    check(len(done.err.splitlines()) == 1 and not done.out, done)


def test_what_is_no_results_file(folder):
    other = in_folder(folder, "other.sqlite")
    with opened(other) as database:
        database.execute("CREATE TABLE runs (id)")
    for path, text in ((write(folder, "text", "some text, long enough for a page\n" * 200),
                        "is not a results file"), (other, "is not a results file"),
                       (write(folder, "empty", ""), "is not a results file"),
                       (in_folder(folder, "absent"), "No such file"), (folder, "")):
        for command in (["report", path], ["resume", path], ["merge-runs", folder + "/x", path],
                        ["export", path, "--jsonl", folder + "/out.jsonl"]):
            done = arcbatch(*command)
            check(done.code == 1 and text in done.err and path in done.err, (command, done))
            check(len(done.err.splitlines()) == 1 and not done.out, (command, done))
    check(not os.path.exists(in_folder(folder, "absent")))
    newer = in_folder(folder, "newer.sqlite")
    check(arcbatch("run", "--out", newer).code == 0)
    with opened(newer) as database:
        database.execute("PRAGMA user_version = 99")
    done = arcbatch("report", newer)
    check(done.code == 1 and "version 99 of the tables" in done.err, done)


def test_report_names_what_was_found(folder):
    programs = write(folder, "p.py", (
        "def keep(I):\n    return I\n\ndef keep_too(I):\n    return I\n\n"
        "def turn(I):\n    O = rot90(I)\n    return O\n\n"
        "def fail(I):\n    x1 = first(I)\n    x2 = add(x1, I, I)\n    return x2\n"))
    write(folder, "tasks/kept.json", task([([[1, 2]], [[1, 2]])], [([[5]], None)]))
    write(folder, "tasks/turned.json", task([([[1, 2]], [[1], [2]])], [([[5]], [[5]])]))
    out = in_folder(folder, "out.sqlite")
    done = arcbatch("run", "--programs", programs, "--tasks", in_folder(folder, "tasks"), "--out",
                    out)
    check(done.code == 0, done)
    report = arcbatch("report", out)
    check(report.code == 0 and "tasks        2 of 2 solved" in report.out, report)
    check(re.search(r"^kept +keep, keep_too$", report.out, re.M), report)
    check(re.search(r"^turned +turn$", report.out, re.M), report)
    check("errors       4 TypeError" in report.out and "slowest" in report.out, report)
    best = re.findall(r"^ +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)  (\w+) \(", report.out, re.M)
    check(best == [("1", "2", "4", "4", "0", "keep"), ("1", "2", "4", "4", "0", "keep_too"),
                   ("1", "2", "4", "4", "0", "turn"), ("0", "0", "4", "0", "4", "fail")], report)
    short = arcbatch("report", out, "--top", "1")
    check(len(re.findall(r"^ +\d+ .*p\.py\)$", short.out, re.M)) == 1, short)
    with opened(out) as database:
        rows = database.execute(
            "SELECT p.name, t.name, r.split, g.grid FROM predictions g JOIN runs r ON r.id = g.run "
            "JOIN programs p ON p.id = r.program JOIN tasks t ON t.id = r.task").fetchall()
    check(sorted(rows) == sorted([(p, t, "test", "[[5]]") for p in ("keep", "keep_too", "turn")
                                  for t in ("kept", "turned")]), rows)


def test_csv_holds_what_the_lines_hold(folder):
    out = in_folder(folder, "out.sqlite")
    table = in_folder(folder, "out.csv")
    lines = in_folder(folder, "out.jsonl")
    check(arcbatch("run", *sources(folder), "--out", out).code == 0)
    done = arcbatch("export", out, "--csv", table, "--jsonl", lines)
    check(done.code == 0, done)

    def as_text(value):
        return "" if value is None else str(value).lower() if value in (True, False) else str(value)
    with open(table, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    expected = read_lines(lines)
    check(len(rows) == len(expected) > 100)
    for row, line in zip(rows, expected):
        check(int(row.pop("steps")) >= 0)
        check(list(row) == list(line), row)
        check(all(row[key] == (str(line[key]) if key in ("index", "line", "value") and
                               line[key] is not None else as_text(line[key])) for key in row),
              (row, line))
    check(content(table).count(b"\r\n") == len(rows) + 1)


def test_a_program_that_changes_while_it_is_used(folder):
    for k in range(60):
        write(folder, f"p/{k:02}.py", f"def f{k}(I):\n{SLOW}\ndef g{k}(I):\n    return I\n")
    write(folder, "slow/t.json", task([([[1, 2]], [[1, 2]])] * 20))
    where = ["--programs", in_folder(folder, "p"), "--tasks", in_folder(folder, "slow"),
             "--program-cache", "0"]
    whole = in_folder(folder, "whole.jsonl")
    done = arcbatch("run", *where, "--jsonl", whole, "--batch-size", "7", "--jobs", "3")
    check(done.code == 0, done)
    check([line["program"] for line in read_lines(whole)] ==
          [f"{name}{k}" for k in range(60) for name in "fg" for _ in range(20)])
    lines = in_folder(folder, "out.jsonl")
    with start("run", *where, "--jsonl", lines) as process:
        wait_for(lambda: os.path.exists(lines))
        write(folder, "p/59.py", "def f59(I):\n    return 1\n")
        text, err = process.communicate(timeout=120)
    check(process.returncode == 1 and "59.py has changed since it was loaded" in err, (text, err))
    check(content(whole).startswith(content(lines)), "the lines before it")


def test_progress_is_told(folder):
    where = slow_sources(folder, 150)
    done = arcbatch("run", *where, "--progress-interval", "0.1", "--jobs", "1")
    told = re.findall(r"^arcbatch: (\d+) of 1500 runs \((\d+) %\), (.*)$", done.err, re.M)
    check(done.code == 0 and len(told) >= 2, done)
    check(re.fullmatch(r"[\d.]+ runs/s, \d+:\d\d left", told[-1][2]), told)
    check([int(t[0]) for t in told] == sorted(int(t[0]) for t in told), told)
    for arguments in (["--progress-interval", "0"], ["--progress-interval", "0.1", "--quiet"]):
        done = arcbatch("run", *where, *arguments)
        check(done.code == 0 and not done.err, done)


def test_a_terminal_shows_a_bar(folder):
    reader, writer = pty.openpty()
    shown = b""
    with subprocess.Popen([ARCBATCH, "run", "--jobs", "1", *slow_sources(folder, 150)], stderr=writer,
                          stdout=subprocess.DEVNULL) as process:
        os.close(writer)
        while True:
            try:
                piece = os.read(reader, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
    os.close(reader)
    check(process.returncode == 0)
    check(re.search(rb"\[#+\.+\] +\d+% \d+/1500 runs, [\d.]+ runs/s, \d+:\d\d left", shown), shown)
    check(shown.endswith(b"\r\x1b[K"), shown[-40:])


def test_wrong_usage(folder):
    out = in_folder(folder, "out.sqlite")
    for arguments in (["run", "--shard", "0/2"], ["run", "--shard", "3/2"], ["run", "--shard", "2"],
                      ["run", "--shard", "1/2x"], ["run", "--jobs", "0"], ["run", "--jobs", "x"],
                      ["run", "--batch-size", "0"], ["run", "--time-limit", "-1"], ["resume"],
                      ["report"], ["export", out], ["export"], ["merge-runs", out],
                      ["merge-runs"]):
        done = arcbatch(*arguments)
        check(done.code == 2 and "error:" in done.err and not done.out, (arguments, done))


if __name__ == "__main__":
    main(globals())
