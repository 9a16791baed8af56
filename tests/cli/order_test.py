"""Orders that depend on the addresses of functions are refused, not guessed, however they would
be seen; what does not depend on them is answered."""

import json

from _harness import arcbatch, check, main

SETUP = """def f(I):
    a = (increment, decrement, invert, double)
    b = apply(fork(compose, first, last), product(a, a))
    c = totuple(b)
    d = combine(a, c)
    e = rapply(d, 3)
"""

REFUSED = ("e", "first(e)", "e[0]", "last(e)", "astuple(e, 1)", "apply(increment, e)",
           "rapply(c, 3)", "order(b, size)", "argmax(c, identity)", "repeat(e, 2)",
           "mapply(initset, c)", "pair(e, e)", "equality(e, combine(e, ()))", "initset(e)")
ANSWERED = {"size(e)": "20", "size(b)": "16", "contained(12, rapply(b, 3))": "True",
            "size(rapply(b, 3))": "10",
            # Sets of unknown order, merged where only their contents count.
            "size(mapply(compose(lbind(rapply, b), first), product((3, 4), (5, 6))))": "18",
            "size(mapply(compose(lbind(rapply, d), first), product((3, 4), (5, 6))))": "18",
            # One image, whatever the order in which it is made.
            "mapply(compose(initset, lbind(index, ((1, 0), (0, 2)))), product((8, 9), (8, 9)))":
                "frozenset({None})",
            "mapply(lambda x: initset(increment), product((8, 9), (8, 9)))":
                "frozenset({<function increment>})", "rapply(a, 3)": "(4, 2, -3, 6)",
            "rapply(repeat(increment, 3), 3)": "(4, 4, 4)",
            "apply(size, apply(initset, c))": "(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)"}


def evaluate(expressions, path):
    lines = [json.dumps({"source": f"{SETUP}    return {e}\n", "args": [0]}) for e in expressions]
    done = arcbatch("eval", "--jsonl", "--path", path, stdin="\n".join(lines) + "\n")
    check(done.code == 0, done)
    return [json.loads(line) for line in done.out.splitlines()]


def test_what_shows_the_order_is_refused(_):
    for path in ("auto", "lanes", "generic"):
        for expression, answer in zip(REFUSED, evaluate(REFUSED, path)):
            check(answer["status"] == "unsupported" and "order" in answer["reason"],
                  (expression, path, answer))


def test_what_does_not_show_it_is_answered(_):
    for path in ("auto", "lanes", "generic"):
        for expression, answer in zip(ANSWERED, evaluate(ANSWERED, path)):
            check(answer.get("value") == ANSWERED[expression], (expression, path, answer))


def test_a_trace_names_what_it_leaves_out(_):
    request = json.dumps({"source": SETUP + "    return size(e)\n", "args": [0], "trace": True})
    done = arcbatch("eval", "--jsonl", stdin=request + "\n")
    answer = json.loads(done.out)
    check(answer["value"] == "20" and answer["trace"] == [] and answer["unordered"] == ["e"], done)


if __name__ == "__main__":
    main(globals())
