"""Calls that take long: Ctrl-C ends them, and other threads go on meanwhile."""

import subprocess
import sys
import textwrap
import threading
import time

from arcbatch import dsl

# A call of a primitive that takes many seconds, and is ended by its budget only then.
LONG = """
row = dsl.interval(0, 300, 1)
def call():
    return dsl.apply(dsl.compose(dsl.size, dsl.lbind(dsl.product, row)), dsl.repeat(row, 4000))
"""


def _run(code, **kwargs):
    text = "import os, signal, threading, time, arcbatch\nfrom arcbatch import dsl\n" + LONG + code
    return subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, timeout=120, **kwargs
    )


def test_an_interrupt_ends_a_call():
    done = _run(
        textwrap.dedent(
            """
            def kill():
                time.sleep(0.3)
                os.kill(os.getpid(), signal.SIGINT)
            threading.Thread(target=kill).start()
            try:
                call()
            except KeyboardInterrupt:
                print("interrupted", dsl.add(1, 2), len(dsl.product(row, row)))
            """
        )
    )
    assert done.stdout == "interrupted 3 90000\n", done.stderr


def test_a_handler_may_call_primitives_and_go_on():
    done = _run(
        textwrap.dedent(
            """
            small = dsl.interval(0, 300, 1)
            seen = []
            def handler(number, frame):
                seen.append(len(dsl.product(small, small)))
            signal.signal(signal.SIGINT, handler)
            ended = []
            def kill():
                while not ended:
                    time.sleep(0.1)
                    os.kill(os.getpid(), signal.SIGINT)
                    if len(seen) >= 2:
                        return
            thread = threading.Thread(target=kill)
            thread.start()
            inner = dsl.compose(dsl.size, dsl.lbind(dsl.product, small))
            expected = dsl.apply(inner, dsl.repeat(small, 3))
            while len(seen) < 2:
                got = dsl.apply(inner, dsl.repeat(small, 20))
                assert got == expected[:1] * 20, got
            thread.join()
            print(set(seen))
            """
        )
    )
    assert done.stdout == "{90000}\n", done.stderr


def test_an_interrupt_ends_a_programs_call():
    done = _run(
        textwrap.dedent(
            """
            program = arcbatch.compile(
                "def f(a):\\n"
                "    x1 = lbind(product, a)\\n"
                "    x2 = compose(size, x1)\\n"
                "    return apply(x2, repeat(a, 5000))\\n"
            )
            def kill():
                time.sleep(0.3)
                os.kill(os.getpid(), signal.SIGINT)
            threading.Thread(target=kill).start()
            started = time.monotonic()
            try:
                program(tuple(range(600)))
            except KeyboardInterrupt:
                print("interrupted", program((1, 2, 3)).value[:8])
            """
        )
    )
    assert done.stdout == "interrupted (9, 9, 9\n", done.stderr


def test_other_threads_go_on_meanwhile():
    row = dsl.interval(0, 700, 1)
    inner = dsl.compose(dsl.size, dsl.lbind(dsl.product, row))
    ended = threading.Event()
    turns = []

    def count():
        while not ended.is_set():
            turns.append(time.monotonic())
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    try:
        started = time.monotonic()
        dsl.apply(inner, dsl.repeat(row, 12))
        finished = time.monotonic()
    finally:
        ended.set()
        thread.join()
    # With the GIL held to the end there would be none.
    assert len([turn for turn in turns if started < turn < finished]) >= 3


def test_threads_share_the_engine_while_calls_are_long():
    """Long calls hand the GIL over in their midst; values and results are as without that."""
    grid = tuple(tuple((i * j) % 5 for j in range(12)) for i in range(12))
    row = dsl.interval(0, 300, 1)
    inner = dsl.compose(dsl.size, dsl.lbind(dsl.product, row))
    objects = dsl.objects(grid, True, False, True)
    expected = repr(dsl.apply(dsl.toindices, dsl.objects(grid, True, False, True)))
    failures = []
    ended = threading.Event()

    def long_calls():
        for _ in range(4):
            if dsl.apply(inner, dsl.repeat(row, 12)) != (90000,) * 12:
                failures.append("long")
        ended.set()

    def short_calls(seed):
        k = 0
        while not ended.is_set():
            k += 1
            made = dsl.objects(grid, True, False, True)
            if made != objects or hash(made) != hash(objects):
                failures.append("equal")
            if repr(dsl.apply(dsl.toindices, made)) != expected:
                failures.append("repr")
            if list(dsl.order(made, dsl.size)) != sorted(made.to_python(), key=len):
                failures.append("order")

    threads = [threading.Thread(target=long_calls)]
    threads += [threading.Thread(target=short_calls, args=(k,)) for k in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_a_signal_during_short_calls_is_not_lost():
    done = _run(
        textwrap.dedent(
            """
            def kill():
                time.sleep(0.2)
                os.kill(os.getpid(), signal.SIGINT)
            threading.Thread(target=kill).start()
            try:
                while True:
                    dsl.product(row, row)
            except KeyboardInterrupt:
                print("interrupted")
            """
        )
    )
    assert done.stdout == "interrupted\n", done.stderr
