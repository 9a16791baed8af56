"""arcbatch run: matching, the lines for machines, and what goes wrong."""

import os
import re
import signal
import subprocess
import time

from _harness import ARCBATCH, arcbatch, check, main, read_lines, task, write

KEYS = ["program", "file", "task", "split", "index", "status", "match", "value", "error",
        "statement", "line", "reason", "output"]
TURN = "from dsl import *\n\ndef solve_t1(I):\n    O = rot90(I)\n    return O\n"
T1 = task([([[1, 2]], [[1], [2]]), ([[3, 4]], [[4], [3]])], [([[5]], None)])


def run_lines(folder, *arguments):
    path = os.path.join(folder, "out.jsonl")
    done = arcbatch("run", *arguments, "--jsonl", path)
    return done, (read_lines(path) if os.path.exists(path) else [])


def test_built_in_examples_all_match(folder):
    done, lines = run_lines(folder)
    check(done.code == 0, done)
    found = re.search(r"tasks +(\d+) of (\d+) solved", done.out)
    check(found and found[1] == found[2] and int(found[1]) >= 12, done)
    check(all(line["match"] is True for line in lines), done)
    found = re.search(r"runs +\d+ of \d+ with an expected output matched, (\d+) in all", done.out)
    check(found and int(found[1]) == len(lines), done)


def test_lines_have_every_key_in_order(folder):
    programs = write(folder, "p.py", TURN)
    tasks = write(folder, "t1.json", T1)
    done, lines = run_lines(folder, "--programs", programs, "--tasks", tasks)
    check(done.code == 0 and len(lines) == 3, done)
    check(all(list(line) == KEYS for line in lines), lines)
    check([line["match"] for line in lines] == [True, False, None], lines)
    check([(line["split"], line["index"]) for line in lines]
          == [("train", 0), ("train", 1), ("test", 0)], lines)
    check(lines[0]["value"] == "((1,), (2,))" and lines[2]["value"] == "((5,),)", lines)
    check(lines[0]["program"] == "solve_t1" and lines[0]["task"] == "t1", lines)
    check("tasks        0 of 1 solved" in done.out, done)
    check("1 of 2 with an expected output matched, 3 in all" in done.out, done)


def test_solve_functions_run_on_their_task_others_on_all(folder):
    programs = write(folder, "p.py", TURN + "\ndef any_task(I):\n    return I\n")
    write(folder, "tasks/t1.json", T1)
    write(folder, "tasks/t2.json", task([([[7]], [[7]])], [([[8]], [[8]])]))
    tasks = os.path.join(folder, "tasks")
    done, lines = run_lines(folder, "--programs", programs, "--tasks", tasks)
    ran = [(line["program"], line["task"]) for line in lines]
    expected = [("solve_t1", "t1")] * 3 + [("any_task", "t1")] * 3 + [("any_task", "t2")] * 2
    check(ran == expected, ran)
    check("tasks        1 of 2 solved" in done.out, done)


def test_functions_of_other_parameter_counts_are_skipped_and_counted(folder):
    programs = write(folder, "p.py", TURN + "\ndef two(a, b):\n    return a\n"
                     "\ndef default(I, n=ONE):\n    return I\n")
    tasks = write(folder, "t1.json", T1)
    done, lines = run_lines(folder, "--programs", programs, "--tasks", tasks)
    check(done.code == 0 and {line["program"] for line in lines} == {"solve_t1", "default"}, done)
    check("two takes 2 arguments" in done.err, done)
    check("1 function of other parameters" in done.out, done)


def test_outcomes_are_told_apart(folder):
    programs = write(folder, "p.py", (
        "def error(I):\n    x1 = first(I)\n    x2 = add(x1, I, I)\n    return x2\n"
        "def limit(I):\n    x1 = canvas(0, (1000000, 1000000))\n    return x1\n"
        "def unsupported(I):\n    x1 = multiply(4611686018427387904, 4)\n    return x1\n"))
    tasks = write(folder, "t1.json", task([([[1, 2]], [[1, 2]])], [([[1]], None)]))
    done, lines = run_lines(folder, "--programs", programs, "--tasks", tasks)
    check(done.code == 0 and len(lines) == 6, done)
    error, limit, unsupported = lines[0], lines[2], lines[4]
    check(error["status"] == "error" and error["error"] == "TypeError", error)
    check(error["line"] == 3 and error["statement"] == "x2 = add(x1, I, I)", error)
    check(error["match"] is False and error["value"] is None and error["reason"] is None, error)
    check(lines[1]["match"] is None, lines[1])
    check(limit["status"] == "limit" and limit["reason"] and limit["line"] == 6, limit)
    check(limit["error"] is None and limit["match"] is False, limit)
    check(unsupported["status"] == "unsupported", unsupported)
    check("64 bits" in unsupported["reason"], unsupported)
    check("2 TypeError" in done.out and "0 values, 2 errors, 2 limit" in done.out, done)


def test_a_file_that_does_not_compile(folder):
    bad = write(folder, "bad.py", "def f(I):\n    return (I\n")
    good = write(folder, "good.py", TURN)
    tasks = write(folder, "t1.json", T1)
    done, lines = run_lines(folder, "--programs", bad, "--programs", good, "--tasks", tasks)
    check(done.code == 1 and not lines and not done.out, done)
    check(re.search(r"bad\.py:\d+:\d+: error: ", done.err) and "--keep-going" in done.err, done)
    done, lines = run_lines(folder, "--programs", bad, "--programs", good, "--tasks", tasks,
                            "--keep-going")
    check(done.code == 0 and len(lines) == 3 and "bad.py:" in done.err, done)
    check("1 program file that does not compile" in done.out, done)


def test_several_paths_may_follow_one_option(folder):
    one = write(folder, "one.py", TURN)
    two = write(folder, "two.py", "def keep(I):\n    return I\n")
    done, lines = run_lines(folder, "--programs", one, two, "--tasks", write(folder, "t1.json", T1))
    check(done.code == 0 and len(lines) == 6, done)
    check([line["file"] for line in lines] == [one] * 3 + [two] * 3, lines)


def test_an_unknown_name_is_a_warning_and_an_outcome(folder):
    programs = write(folder, "p.py", "def f(I):\n    x1 = rot9(I)\n    return x1\n")
    tasks = write(folder, "t1.json", T1)
    done, lines = run_lines(folder, "--programs", programs, "--tasks", tasks)
    check(done.code == 0 and "'rot9'" in done.err and "rot90" in done.err, done)
    check(lines[0]["error"] == "NameError" and lines[0]["line"] == 2, lines)


def test_bad_task_files_are_named_with_the_position(folder):
    programs = write(folder, "p.py", "def f(I):\n    return I\n")
    write(folder, "tasks/t1.json", T1)
    bad = {"broken.json": '{"train": [}', "ragged.json": task([([[1, 2], [3]], [[1]])]),
           "high.json": task([([[0]] * 31, [[1]])]), "colour.json": task([([[11]], [[1]])])}
    for name, content in bad.items():
        write(folder, "tasks/" + name, content)
    where = ["--programs", programs, "--tasks", os.path.join(folder, "tasks")]
    done, lines = run_lines(folder, *where)
    check(done.code == 1 and not lines, done)
    for name in bad:
        check(f"{name}:1:" in done.err, (name, done))
    done, lines = run_lines(folder, *where, "--keep-going")
    check(done.code == 0 and {line["task"] for line in lines} == {"t1"}, done)
    check("4 errors in task files" in done.out, done)


def test_paths_that_do_not_exist(folder):
    programs = write(folder, "p.py", TURN)
    absent = os.path.join(folder, "absent")
    for arguments in (["--programs", absent], ["--programs", programs, "--tasks", absent],
                      ["--programs", programs, "--jsonl", absent + "/x", "--tasks",
                       write(folder, "t1.json", T1)]):
        done = arcbatch("run", *arguments)
        check(done.code == 1 and "absent" in done.err and not done.out, (arguments, done))


def test_nothing_to_run_is_a_failure(folder):
    programs = write(folder, "p.py", TURN)
    done = arcbatch("run", "--programs", programs)
    check(done.code == 1 and "nothing to run" in done.err, done)


def test_a_full_disk_is_a_failure_with_one_message(folder):
    if not os.path.exists("/dev/full"):
        return
    done = arcbatch("run", "--jsonl", "/dev/full")
    check(done.code == 1 and "/dev/full" in done.err and "No space left" in done.err, done)
    check(len(done.err.strip().splitlines()) == 1, done)
    with open("/dev/full", "w", encoding="utf-8") as full:
        for arguments in (["run"], ["primitives"], ["--help"], ["show", "a1000001"]):
            done = arcbatch(*arguments, stdout=full)
            check(done.code == 1 and "No space left" in done.err, (arguments, done))
            check(len(done.err.strip().splitlines()) == 1, (arguments, done))


def test_a_reader_that_goes_away_is_a_failure_with_one_message(_):
    reader, writer = os.pipe()
    os.close(reader)
    done = arcbatch("primitives", stdout=writer)
    os.close(writer)
    check(done.code == 1 and len(done.err.strip().splitlines()) == 1, done)
    check("Broken pipe" in done.err, done)


def test_quiet_prints_nothing(folder):
    programs = write(folder, "p.py", TURN + "\ndef two(a, b):\n    return a\n")
    tasks = write(folder, "t1.json", T1)
    done = arcbatch("run", "--programs", programs, "--tasks", tasks, "--quiet")
    check(done.code == 0 and not done.out and not done.err, done)


def test_logging_tells_where_operations_ran(folder):
    programs = write(folder, "p.py", TURN + "\ndef flip(I):\n    x1 = hmirror(I)\n"
                     "    x2 = hmirror(x1)\n    return x2\n")
    tasks = write(folder, "t1.json", T1)
    arguments = ("run", "--programs", programs, "--tasks", tasks)
    complete = r"^Batch complete: 9/9 operations ran on cpu-[a-z0-9-]+ \(100\.0%\)$"
    done = arcbatch(*arguments, "--no-share")
    check(done.code == 0 and re.search(complete, done.out, re.M) and not done.err, done)
    done = arcbatch(*arguments, "--log-level", "info", "--jobs", "2")
    check(re.search(r"^arcbatch: info: 6 runs in batches of \d+ to cpu-[a-z0-9-]+ with 2 workers$",
                    done.err, re.M) and "debug" not in done.err, done)
    for flags in (("--no-share",), ()):
        done = arcbatch(*arguments, "--log-level", "debug", "--batch-size", "100", *flags)
        check(re.search(r"^arcbatch: debug: solve_t1: rot90 on 3 grids to cpu-", done.err, re.M), done)
        check(re.search(r"^arcbatch: debug: flip: hmirror \(2 times\) on 3 grids to cpu-", done.err,
                        re.M), done)
        check(re.search(r"^arcbatch: debug: runs 0 to \d+: \d+ operations on fast kernels, 0 on "
                        r"cpu-generic$", done.err, re.M), done)
    done = arcbatch(*arguments, "--path", "generic")
    check("9/9 operations ran on cpu-generic (100.0%)" in done.out, done)
    for flags in (("-q",), ("--log-level", "off"), ("--log-level", "error"),
                  ("-q", "--log-level", "debug")):
        check(arcbatch(*arguments, *flags).err == "", flags)
    done = arcbatch(*arguments, "--log-level", "loud")
    check(done.code == 2 and "--log-level" in done.err, done)


def test_kernel_paths_agree(folder):
    results = []
    for path in ("auto", "generic", "scalar", "lanes"):
        done, lines = run_lines(folder, "--path", path)
        check(done.code == 0, done)
        results.append(lines)
    check(all(lines == results[0] for lines in results))


def test_instruction_sets_agree_or_are_refused(folder):
    expected = run_lines(folder, "--path", "scalar")[1]
    ran = 0
    for isa in ("x86-64-v2", "avx2", "avx512", "neon"):
        done = arcbatch("run", "--isa", isa, "--quiet")
        if done.code == 0:
            check(run_lines(folder, "--isa", isa)[1] == expected, isa)
            ran += 1
        else:
            # No machine has all of them.
            check(done.code == 2 and f"lacks {isa}" in done.err and not done.out, done)
    check(ran < 4, ran)


def test_budgets_end_runs_as_limit(folder):
    done, lines = run_lines(folder, "--max-steps", "5")
    check(done.code == 0 and lines, done)
    check(all(line["status"] in ("limit", "error") for line in lines), done)
    check("step budget" in done.out, done)


def test_an_interrupt_prints_the_summary_of_what_was_done(folder):
    # Each of many functions takes long enough for the signal to come in between.
    body = ("    x1 = canvas(0, (400, 400))\n    x2 = asobject(x1)\n    x3 = totuple(x2)\n"
            "    return I\n")
    programs = write(folder, "p.py", "".join(f"def f{k}(I):\n{body}" for k in range(20000)))
    tasks = write(folder, "t1.json", T1)
    path = os.path.join(folder, "out.jsonl")
    with subprocess.Popen([ARCBATCH, "run", "--programs", programs, "--tasks", tasks, "--jsonl",
                           path], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as process:
        deadline = time.time() + 120
        while time.time() < deadline and not (os.path.exists(path) and os.path.getsize(path) > 0):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    check(process.returncode == 1, (process.returncode, out, err))
    found = re.search(r"interrupted after (\d+) of 60000 runs", out)
    check(found and len(read_lines(path)) == int(found[1]) > 0, (out, err))


if __name__ == "__main__":
    main(globals())
