"""Programs that would hang, crash or eat the machine end as a recorded outcome, and the next
request is served."""

import json
import resource
import time

from _harness import arcbatch, check, main

GRID = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
SECONDS_EACH = 30
PEAK_BYTES = 3 << 30


def program(*lines, result="x", params="I"):
    return f"def f({params}):\n" + "".join(f"    {line}\n" for line in lines) + f"    return {result}\n"


def repeated(first, again, times, result="x"):
    return program(first, *[again] * times, result=result)


def nested_maps(depth):
    """Each level maps the one below over a set; the innermost raises."""
    lines = ["s = combine(initset(1), initset(2))", "g0 = first"]
    for k in range(1, depth + 1):
        lines.append(f"a{k} = lbind(apply, g{k - 1})")
        lines.append(f"h{k} = rbind(branch, s)")
        lines.append(f"j{k} = lbind(h{k}, False)")
        lines.append(f"g{k} = compose(a{k}, j{k})")
    return program(*lines, f"x = g{depth}(1)")


CASES = {
    "a pair of itself, sixty times": (repeated("x = astuple(I, I)", "x = astuple(x, x)", 60),
                                      {"limit"}),
    "450,000 deep": (repeated("x = astuple(I, I)", "x = astuple(x, 1)", 450_000), {"limit"}),
    "upscales": (repeated("x = upscale(I, 10)", "x = upscale(x, 10)", 12), {"limit"}),
    "hupscale": (program("x = hupscale(I, 1000000000)"), {"limit"}),
    "vupscale": (program("x = vupscale(I, 1000000000)"), {"limit"}),
    "canvas": (program("x = canvas(0, (1000000, 1000000))"), {"limit"}),
    "canvas past 64 bits": (program("x = canvas(0, (4611686018427387904, 4))"), {"limit"}),
    "interval": (program("x = interval(0, 1000000000000, 1)"), {"limit"}),
    "interval down": (program("x = interval(0, -9223372036854775807, -1)"), {"limit"}),
    "repeat": (program("x = repeat(I, 1000000000)"), {"limit"}),
    "product of products": (program("a = asindices(upscale(I, 10))", "b = product(a, a)",
                                    "x = product(b, b)"), {"limit"}),
    "prapply": (program("a = interval(0, 100000, 1)", "b = initset(a)", "c = merge(b)",
                        "x = prapply(add, c, c)"), {"limit", "error AttributeError",
                                                    "error TypeError"}),
    "power, huge": (program("g = power(increment, 1000000000)", "x = g(1)"),
                    {"error RecursionError"}),
    "power, none": (program("g = power(increment, 0)", "x = g(1)"), {"error RecursionError"}),
    "power of power": (program("g = power(power, 500)", "x = g(g)"),
                       {"error TypeError", "limit", "error RecursionError"}),
    "composed 100,000 times": (repeated("x = compose(increment, increment)",
                                        "x = compose(x, increment)", 100_000, "x(1)"),
                               {"error RecursionError", "limit"}),
    "nested maps that raise": (nested_maps(200), {"error TypeError", "error RecursionError",
                                                  "limit"}),
    "merge of all": (program("a = asobject(upscale(I, 16))", "b = apply(initset, a)",
                             "c = prapply(combine, b, b)", "x = merge(c)"), {"limit"}),
    "differences of many patches": (
        program("a = canvas(0, (30, 30))", "b = asindices(a)", "c = apply(initset, b)",
                "d = apply(rbind(shift, (99, 0)), c)",
                "x = size(papply(difference, repeat(c, 100), repeat(d, 100)))"), {"value"}),
    "patches that differ in colours": (
        program("a = product(interval(-64, 64, 1), interval(-32, 32, 1))",
                "b = compose(rbind(recolor, initset(ORIGIN)), first)",
                "c = compose(rbind(recolor, initset(RIGHT)), last)",
                "x = size(apply(fork(combine, b, c), a))"), {"value"}),
    "integers": (repeated("x = 9", "x = multiply(x, x)", 10), {"unsupported"}),
    "shift far": (program("x = shift(asindices(I), (9223372036854775807, 1))"), {"unsupported"}),
    "crop far": (program("x = crop(I, (0, 0), (4611686018427387904, 4611686018427387904))"),
                 {"value", "limit"}),
    "shoot far": (program("x = shoot((0, 0), (100000000, 0))"), {"limit"}),
    "connect far": (program("x = connect((0, 0), (0, 4611686018427387904))"), {"limit"}),
    "hsplit": (program("x = hsplit(I, 1000000000)"), {"value", "limit", "error ValueError"}),
    "a thousand arguments": (program(f"x = add({', '.join(['I'] * 1000)})"),
                             {"error TypeError"}),
    "deep parentheses": (program("x = " + "(" * 100_000 + "I" + ")" * 100_000),
                         {"unsupported"}),
    "deep calls": (program("x = " + "identity(" * 20_000 + "I" + ")" * 20_000),
                   {"value", "unsupported"}),
    "no end": ("def f(I):\n    x = (((", {"unsupported"}),
    "zero bytes": ("def f(I):\n    x = \0\0\n", {"unsupported"}),
    "itself": ("def f(I):\n    return f(I)\n", {"error RecursionError", "limit"}),
    "each other": ("def g(I):\n    return f(I)\n\ndef f(I):\n    return g(I)\n",
                   {"error RecursionError", "limit"}),
}


def test_wall_clock(_):
    """A run out of time is told so at its statement, and the next one has all its time again."""
    slow = program("a = interval(0, 3000, 1)", "b = rbind(apply, a)",
                   "c = compose(b, lbind(lbind, add))", "x = size(apply(c, a))")
    quick = program("x = size(I)")
    for path in ("auto", "lanes"):
        requests = "".join(json.dumps({"source": s, "args": [GRID]}) + "\n"
                           for s in (slow, quick, slow))
        done = arcbatch("eval", "--jsonl", "--path", path, "--max-seconds", 0.005, stdin=requests,
                        timeout=SECONDS_EACH)
        check(done.code == 0, done)
        answers = [json.loads(line) for line in done.out.splitlines()]
        for answer in (answers[0], answers[2]):
            check(answer["status"] == "resource" and "time" in answer["reason"], answer)
        check(answers[1]["status"] == "value", answers[1])
    for wrong in ("0", "-1", "soon"):
        done = arcbatch("eval", "--jsonl", "--max-seconds", wrong, stdin="")
        check(done.code == 2 and "--max-seconds" in done.err, done)


def outcome(answer):
    return "error " + answer["error"] if answer["status"] == "error" else answer["status"]


def test_every_program_ends(_):
    for path in ("auto", "lanes"):
        for name, (source, wanted) in CASES.items():
            request = json.dumps({"source": source, "args": [GRID]})
            after = json.dumps({"source": "def f(x):\n    return increment(x)\n", "args": [41]})
            started = time.monotonic()
            done = arcbatch("eval", "--jsonl", "--path", path, "--max-bytes", 1 << 28,
                            stdin=request + "\n" + after + "\n", timeout=4 * SECONDS_EACH)
            took = time.monotonic() - started
            check(done.code == 0, (name, path, done))
            answers = [json.loads(line) for line in done.out.splitlines()]
            check(len(answers) == 2 and answers[1] == {"status": "value", "value": "42"},
                  (name, path, str(done)[-2000:]))
            check(outcome(answers[0]) in wanted,
                  (name, path, outcome(answers[0]), answers[0].get("reason")))
            check(took < SECONDS_EACH, (name, path, took))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    check(peak < PEAK_BYTES, f"peak of {peak >> 20} MiB")


def test_deep_arguments_are_refused(_):
    deep = "[" * 450_000 + "]" * 450_000
    request = '{"source": "def f(x):\\n    return x\\n", "args": [' + deep + "]}"
    done = arcbatch("eval", "--jsonl", stdin=request + "\n")
    check(done.code == 0 and json.loads(done.out)["status"] == "unsupported", done.err)


if __name__ == "__main__":
    main(globals())
