"""arcbatch bench --signature: every kernel path gives one number, the recorded one."""

import os
import re

from _harness import arcbatch, check, main

RECORD = os.path.join(os.environ.get("ARCBATCH_SOURCE_DIR", "."), "tests/data/signature.txt")
UPDATE = ("The outcome or the steps of some run are not what was recorded. If that is not meant, it\n"
          "is a fault: write the runs of this build and of an earlier one to files with\n"
          "  arcbatch bench --signature --signature-runs FILE\n"
          "and compare them. If it is meant, record the new number and say why in the commit:\n"
          "  arcbatch bench --signature > tests/data/signature.txt\n")


def runs_of(path, folder):
    """The number of a path and the lines it is made of, or None where the machine lacks it."""
    name = os.path.join(folder, path)
    done = arcbatch("bench", "--signature", "--path", path, "--signature-runs", name)
    if done.code == 1 and "this machine cannot run these kernels" in done.err:
        print(f"{path}: not on this machine")
        return None
    check(done.code == 0 and re.fullmatch(r"[0-9a-f]{16}\n", done.out), done)
    with open(name, encoding="utf-8") as file:
        return done, file.read().splitlines()


def test_paths_agree_with_the_record(folder):
    oracle, expected = runs_of("generic", folder)
    for path in ("scalar", "simd", "lanes"):
        found = runs_of(path, folder)
        if found is None:
            continue
        for ours, theirs in zip(found[1], expected):
            check(ours == theirs, f"{path}:  {ours:.400}\ngeneric: {theirs:.400}")
        check(found[0].out == oracle.out, f"{path} {found[0].out}generic {oracle.out}")
    with open(RECORD, encoding="utf-8") as file:
        recorded = file.read()
    check(oracle.out == recorded, f"{oracle.out}recorded: {recorded}{UPDATE}")


def test_most_runs_return_a_value(_):
    done = arcbatch("bench", "--signature")
    runs, values = map(int, re.match(r"(\d+) runs: (\d+) values", done.err).groups())
    check(runs > 1500 and values > 0.75 * runs, done)


def test_it_stands_alone(_):
    done = arcbatch("bench", "--signature", "--tasks", "t")
    check(done.code == 2 and "--signature" in done.err, done)


if __name__ == "__main__":
    main(globals())
