"""What C is, batt functions, and the dialect tokpidjin, in evaluate(), compile() and Session."""

import sqlite3

import arcbatch
import pytest

SOURCES = {
    "arc-dsl": """def given(S, I, C):
    return C
def checks(S, I, C):
    x1 = hmirror(I)
    x2 = equality(x1, C)
    return x2
def plain(I):
    return hmirror(I)
def batt(task_id, S, I, C, log_path):
    o = []
    t1 = hmirror(I)
    o.append((1, False, 'solve_a', t1))
    o.append((task_id, C, log_path))
    return o, S
""",
}
SOURCES["tokpidjin"] = SOURCES["arc-dsl"].replace("hmirror(", "hmirror_t(")


def value_of(name, outcome):
    """What CPython returns."""
    grid = tuple(map(tuple, outcome.input))
    c = tuple(map(tuple, outcome.expected)) if outcome.compared else None
    samples = ((((1, 2), (3, 4)), ((3, 4), (1, 2))), (((0, 5),), ((0, 5),)))
    return {
        "given": c,
        "checks": grid[::-1] == c,
        "plain": grid[::-1],
        "batt": ([(1, False, "solve_a", grid[::-1]), (None, c, None)], samples),
    }[name]


@pytest.mark.parametrize("dialect", SOURCES)
@pytest.mark.parametrize("comparison", ["none", "expected", "both"])
def test_values(dialect, comparison, mirror_tasks, tmp_path):
    def run(**options):
        return arcbatch.evaluate(
            SOURCES[dialect], mirror_tasks, dialect=dialect, comparison=comparison, **options
        )

    outcomes = run()
    takers = {"none": [False] * 3, "expected": [True, True, False],
              "both": [False, True, False, True, False]}[comparison]  # fmt: skip
    for name in ("given", "checks", "plain", "batt"):
        mine = [o for o in outcomes if o.program == name]
        assert [o.compared for o in mine] == ([None] * 3 if name == "plain" else takers)
        for o in mine:
            assert o.status == "value" and o.value == repr(value_of(name, o)), o
    assert list(outcomes) == list(run(share=False, jobs=1))
    # Who was given the output has not found it.
    assert outcomes.summary().tasks_solved == 1
    assert outcomes.summary().matched == sum(bool(o.match) and not o.compared for o in outcomes)

    path = tmp_path / "saved.sqlite"
    outcomes.save(path)
    database = sqlite3.connect(path)
    meta = dict(database.execute("SELECT key, value FROM meta"))
    assert meta["dialect"] == dialect and meta["comparison"] == comparison
    stored = database.execute("SELECT compared FROM runs ORDER BY id")
    assert [row[0] for row in stored] == [
        None if o.compared is None else int(o.compared) for o in outcomes
    ]
    database.close()

    with arcbatch.Session(mirror_tasks, dialect=dialect, comparison=comparison) as session:
        session.submit(SOURCES[dialect])
        report = session.wait()
    found = [o for function in report.check().functions for o in function]
    wanted = [(o.program, o.task, o.split, o.index, o.compared, o.value, o.match, o.steps, o.output)
              for o in outcomes]  # fmt: skip
    assert wanted == [
        (o.program, o.task, o.split, o.index, o.compared, o.value, o.match, o.steps, o.output)
        for o in found
    ]
    given = next(f for f in report.functions if f.name == "given")
    assert given.matched == 0


def test_numpy_and_where(mirror_tasks):
    outcomes = arcbatch.evaluate(SOURCES["arc-dsl"], mirror_tasks, comparison="both")
    assert {o.program for o in outcomes.where(compared=True)} == {"given", "checks", "batt"}
    numpy = pytest.importorskip("numpy")
    array = outcomes.to_numpy()
    assert numpy.array_equal(
        array["compared"], [-1 if o.compared is None else o.compared for o in outcomes]
    )


def test_python_is_given_c_too(mirror_tasks):
    source = "def f(S, I, C):\n    return {1: C}[1]\n"
    outcomes = arcbatch.evaluate(source, mirror_tasks, comparison="both", fallback="python")
    assert [o.value for o in outcomes] == [
        repr(tuple(map(tuple, o.expected)) if o.compared else None) for o in outcomes
    ]
    assert [o.compared for o in outcomes] == [False, True, False, True, False]
    assert outcomes.summary().matched == 0


def test_compile_of_tokpidjin():
    program = arcbatch.compile(
        "def f(I, n):\n    x1 = divide(n, 0)\n    return (hmirror_t(I), x1, I)\n",
        dialect="tokpidjin",
    )
    assert program.dialect == "tokpidjin" and not program.warnings
    outcome = program.call("f", ((1, 2), (3, 4)), 7)
    assert outcome.object == (((3, 4), (1, 2)), (), ((1, 2), (3, 4)))
    cells = arcbatch.compile("def f(I):\n    return o_g(I, R5)\n", dialect="tokpidjin")
    assert cells(((0, 0), (0, 3))).object == frozenset({frozenset({(1, 1, 3)})})
    assert arcbatch.compile(program, dialect="tokpidjin") is program


def test_refusals(mirror_tasks):
    program = arcbatch.compile("def f(I):\n    return I\n", dialect="tokpidjin")
    other = arcbatch.compile("def f(I):\n    return I\n")
    with pytest.raises(ValueError, match="no dialect is called 'klingon'"):
        arcbatch.compile("def f(I):\n    return I\n", dialect="klingon")
    with pytest.raises(ValueError, match="compiled as tokpidjin, not as arc-dsl"):
        arcbatch.evaluate(program, mirror_tasks)
    with pytest.raises(ValueError, match="compiled as arc-dsl, not as tokpidjin"):
        arcbatch.evaluate([program, other], mirror_tasks, dialect="tokpidjin")
    with pytest.raises(TypeError, match="text or a path"):
        arcbatch.compile(test_refusals, dialect="tokpidjin")
    with pytest.raises(ValueError, match="examples built in"):
        arcbatch.evaluate(dialect="tokpidjin")
    with pytest.raises(ValueError, match="no comparison is called 'all'"):
        arcbatch.evaluate(other, mirror_tasks, comparison="all")
    with pytest.raises(ValueError, match="no comparison is called 'all'"):
        arcbatch.Session(mirror_tasks, comparison="all")
    for options in ({"comparison": "both"}, {"dialect": "tokpidjin"}):
        with pytest.raises(ValueError, match="'emulated' is for arc-dsl"):
            arcbatch.evaluate("def f(I):\n    return I\n", mirror_tasks, backend="emulated", **options)
        with pytest.raises(ValueError, match="'emulated' is for arc-dsl"):
            arcbatch.Session(mirror_tasks, backend="emulated", **options)
    with pytest.raises(ValueError, match="fallback is for arc-dsl"):
        arcbatch.evaluate(program, mirror_tasks, dialect="tokpidjin", fallback="python")
    with arcbatch.Session(mirror_tasks, dialect="tokpidjin") as session:
        with pytest.raises(ValueError, match="arrays are of the dialect arc-dsl"):
            session.submit(arcbatch.CompactProgram([], (), 0))
        with pytest.raises(ValueError, match="compiled as arc-dsl"):
            session.submit(other)
        assert session.submit(program) == 1
