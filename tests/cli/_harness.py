"""What the tests of the command line share: running it, temporary files, and the count."""

import json
import os
import subprocess
import sys
import tempfile
import traceback

ARCBATCH = os.environ.get("ARCBATCH", "build/dev/arcbatch")


class Outcome:
    """How a command ended: exit code and texts."""

    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


def arcbatch(*arguments, stdin="", stdout=subprocess.PIPE, timeout=300, **environment):
    """Runs arcbatch without a terminal and returns its Outcome."""
    env = {**os.environ, **environment}
    done = subprocess.run([ARCBATCH, *map(str, arguments)], input=stdin, stdout=stdout,
                          stderr=subprocess.PIPE, text=True, timeout=timeout, env=env, check=False)
    return Outcome(done)


def write(folder, name, content):
    """Writes a text, or anything else as JSON, and returns the path."""
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content if isinstance(content, str) else json.dumps(content))
    return path


def read_lines(path):
    """The JSON objects of a file of lines."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def check(condition, outcome=None):
    """Fails the test with the outcome shown unless the condition holds."""
    if not condition:
        raise AssertionError(outcome)


def task(train, test=()):
    """A task as JSON from (input, output) pairs; an output of None is left out."""
    def pair(grids):
        one = {"input": grids[0]}
        if grids[1] is not None:
            one["output"] = grids[1]
        return one
    return {"train": [pair(p) for p in train], "test": [pair(p) for p in test]}


def main(namespace):
    """Runs every test_* function of a module with a fresh folder each, and exits."""
    passed = failed = 0
    for name, function in list(namespace.items()):
        if not name.startswith("test_"):
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                function(folder)
                passed += 1
            except Exception:  # pylint: disable=broad-except
                failed += 1
                print(f"FAILED {name}")
                traceback.print_exc(file=sys.stdout)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
