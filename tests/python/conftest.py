"""What the tests share."""

import os
import signal
import sys
import textwrap

import pytest

# Tests send it, to this process and to others; what runs in the background may start without it.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "cases"))

MIRROR_TASK = {
    "train": [
        {"input": [[1, 2], [3, 4]], "output": [[3, 4], [1, 2]]},
        {"input": [[0, 5]], "output": [[0, 5]]},
    ],
    "test": [{"input": [[7], [8]]}],
}

SOURCE = textwrap.dedent(
    """\
    def solve_mirror(I):
        O = hmirror(I)
        return O

    def wrong(I):
        x1 = asindices(I)
        O = first(increment(x1))
        return O
    """
)


@pytest.fixture
def mirror_tasks():
    """One task, solved by hmirror."""
    return {"mirror": MIRROR_TASK}


@pytest.fixture
def source():
    """A program with a function for the task `mirror` and one for every task."""
    return SOURCE
