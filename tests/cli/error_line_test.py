"""The statement that an error is reported at, where maps and functions of the program meet."""

import json

from _harness import arcbatch, check, main

STOPS = "def g(x):\n    y = ofcolor(x, 99)\n    return first(y)\n\n"
CASES = (
    # StopIteration inside a generator is a RuntimeError of whoever runs the generator.
    (STOPS + "def f(I):\n    a = I\n    b = apply(g, initset(I))\n    return b\n", "RuntimeError", 7),
    (STOPS + "def f(I):\n    b = extract((I, I), compose(g, identity))\n    return b\n",
     "RuntimeError", 6),
    (STOPS + "def f(I):\n    b = mapply(lambda x: g(x), (I,))\n    return b\n", "RuntimeError", 6),
    (STOPS + "def f(I):\n    b = argmax((I, I), g)\n    return b\n", "StopIteration", 3),
    (STOPS + "def f(I):\n    b = g(I)\n    return b\n", "StopIteration", 3),
    ("def g(x):\n    y = add(x, x)\n    return add(y, I)\n\n"
     "def f(I):\n    b = apply(g, (1, 2))\n    return b\n", "NameError", 3),
    ("def g(x):\n    return add(x, (1,))\n\n"
     "def f(I):\n    b = apply(g, initset(True))\n    return b\n", "IndexError", 2),
)


def test_lines(_):
    for path in ("auto", "lanes", "generic"):
        for source, error, line in CASES:
            request = json.dumps({"source": source, "args": [[[1, 0], [0, 2]]]})
            done = arcbatch("eval", "--jsonl", "--path", path, stdin=request + "\n")
            answer = json.loads(done.out)
            check((answer.get("error"), answer.get("line")) == (error, line), (path, source, done))


if __name__ == "__main__":
    main(globals())
