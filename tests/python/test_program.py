"""Compiling, and calling functions on Python values."""

import importlib
import itertools
import pathlib
import random
import sys
import types

import pytest

import arcbatch


def identity_of(value):
    """The value after a way through the engine."""
    return arcbatch.compile("def f(x):\n    return identity(x)")(value).object


def reflect(I):  # noqa: E741
    x1 = vmirror(I)  # noqa: F821
    return x1


def test_source_text():
    program = arcbatch.compile("def f(x, y=2):\n    return add(x, y)\n\ndef g():\n    return 1\n")
    assert list(program.functions) == ["f", "g"]
    assert program.functions["f"] == arcbatch.Function("f", ("x", "y"), 1, 1)
    assert program.file == "<string>"
    outcome = program.call("f", 40)
    assert (outcome.status, outcome.value, outcome.object) == ("value", "42", 42)
    assert (outcome.program, outcome.file, outcome.task) == ("f", "<string>", None)
    assert outcome.steps > 0
    assert program.call("g").object == 1


def test_file_and_module(tmp_path, source):
    path = tmp_path / "solvers.py"
    path.write_text(source)
    for given in (path, str(path)):
        program = arcbatch.compile(given)
        assert program.file == str(path)
        assert list(program.functions) == ["solve_mirror", "wrong"]
    module = types.ModuleType("solvers")
    module.__file__ = str(path)
    assert list(arcbatch.compile(module).functions) == ["solve_mirror", "wrong"]
    assert arcbatch.compile(program) is program


def test_names_that_are_something_else(tmp_path, monkeypatch):
    """What Python would call by a name of the DSL is what the engine calls, or it is refused."""
    shared = "def solve(I):\n    return fill(hmirror(I), THREE, ofcolor(I, ONE))\n"
    spaces = {
        "plain": "",
        "drop_in": "from arcbatch.dsl import *\nfrom arcbatch.constants import *\n",
        "fork": "from arcbatch.dsl import *\ndef hmirror(piece):\n    return piece\n",
        "number": "THREE = 4\n",
        "kind": "ONE = True\n",
        "other": "from arcbatch.dsl import *\nhmirror = vmirror\n",
    }
    monkeypatch.syspath_prepend(tmp_path)
    for name, head in spaces.items():
        (tmp_path / f"names_{name}.py").write_text(head + shared)
        monkeypatch.delitem(sys.modules, f"names_{name}", raising=False)
        module = importlib.import_module(f"names_{name}")
        if name in ("plain", "drop_in"):
            assert list(arcbatch.compile(module.solve).functions) == ["solve"]
            continue
        with pytest.raises(arcbatch.ProgramError, match="is something else in Python") as caught:
            arcbatch.compile(module.solve)
        assert caught.value.lineno == head.count("\n") + 1
    # A module's own function of that name is part of its text.
    fork = sys.modules["names_fork"]
    fork_text = (tmp_path / "names_fork.py").read_text().partition("\n")[2]
    (tmp_path / "names_module.py").write_text(fork_text)
    module = importlib.import_module("names_module")
    assert list(arcbatch.compile(module).functions) == ["hmirror", "solve"]
    assert fork.hmirror(3) == 3
    hmirror = len

    def inner(I):  # noqa: E741
        return hmirror(I)

    with pytest.raises(arcbatch.ProgramError, match="hmirror"):
        arcbatch.compile(inner)


def test_function_keeps_its_lines():
    program = arcbatch.compile(reflect)
    assert program.file == __file__
    assert program.functions["reflect"].line == reflect.__code__.co_firstlineno

    def inner(x):
        x1 = increment(x)  # noqa: F821
        return first(x1)  # noqa: F821

    outcome = arcbatch.compile(inner)(1)
    assert outcome.error == "TypeError"
    assert outcome.line == inner.__code__.co_firstlineno + 2
    assert outcome.statement == "return first(x1)"
    assert program(((1, 2), (3, 4))).grid == ((2, 1), (4, 3))


def test_what_is_no_program(tmp_path):
    with pytest.raises(TypeError, match="lambda"):
        arcbatch.compile(lambda x: x)
    with pytest.raises(TypeError, match="not int"):
        arcbatch.compile(3)
    with pytest.raises(FileNotFoundError):
        arcbatch.compile(tmp_path / "none.py")


def test_program_error_is_a_syntax_error():
    text = "def f(x):\n    é = 1; return (é +* 2)\n"
    with pytest.raises(SyntaxError) as caught:
        arcbatch.compile(text, file="bad.py")
    error = caught.value
    assert isinstance(error, arcbatch.ProgramError)
    assert (error.filename, error.lineno) == ("bad.py", 2)
    assert error.text == "    é = 1; return (é +* 2)"
    assert error.msg
    assert 1 <= error.offset <= len(error.text)
    assert error.errors[0] == arcbatch.Message("bad.py", 2, error.offset, error.msg, error.text)


def test_columns_count_characters():
    with pytest.raises(arcbatch.ProgramError) as ascii_error:
        arcbatch.compile("def f(x):\n    'e'; y = 'a'\n")
    with pytest.raises(arcbatch.ProgramError) as accented:
        arcbatch.compile("def f(x):\n    'é'; y = 'a'\n")
    assert accented.value.offset == ascii_error.value.offset == 14


def test_warnings():
    program = arcbatch.compile("def f(x):\n    return nosuch(x)\n")
    assert [(w.line, "nosuch" in w.msg) for w in program.warnings] == [(2, True)]
    assert program(1).error == "NameError"


def test_call_errors():
    program = arcbatch.compile("def f(x):\n    return x\ndef g(x):\n    return x\n")
    with pytest.raises(KeyError, match="no function 'h'"):
        program.call("h", 1)
    with pytest.raises(ValueError, match="2 functions"):
        program(1)
    with pytest.raises(TypeError, match="not str"):
        program.call("f", "text")
    with pytest.raises(TypeError, match="not set"):
        program.call("f", {1})
    with pytest.raises(TypeError, match="not dict"):
        program.call("f", ((1, {}),))
    with pytest.raises(TypeError, match="no option 'nope'"):
        program.call("f", 1, nope=2)
    with pytest.raises(ValueError, match="max_steps"):
        program.call("f", 1, max_steps=-1)
    with pytest.raises(ValueError, match="max_seconds"):
        program.call("f", 1, max_seconds="soon")
    assert program.call("f").error == "TypeError"
    assert program.call("f", 1, 2).error == "TypeError"


def test_endings():
    program = arcbatch.compile("def f(x):\n    y = upscale(x, 9)\n    return upscale(y, 9)\n")
    outcome = program(((1,) * 30,) * 30, max_steps=1000)
    assert outcome.status == "limit"
    assert outcome.reason
    assert outcome.line in (2, 3)
    assert outcome.value is None
    assert outcome.grid is None
    with pytest.raises(ValueError, match="no value"):
        outcome.object  # noqa: B018
    big = arcbatch.compile("def f(x):\n    return x\n")(1 << 63)
    assert big.status == "unsupported"
    deep = 1
    for _ in range(1000):
        deep = (deep,)
    assert arcbatch.compile("def f(x):\n    return x\n")(deep).status == "limit"


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -1, (1 << 63) - 1, -(1 << 63), (), ((),), (1,), (1, 2), (3, (1, 2)),
     (True, False), ((1, 2), (3, 4)), ((1,), (2,)), frozenset(), frozenset({1}),
     frozenset({None}), frozenset({(1, (2, 3)), (4, (5, 6))}), frozenset({frozenset({1}), 2}),
     (1, (None, (2.0 == 2.0,)))],
)  # fmt: skip
def test_values_come_back(value):
    back = identity_of(value)
    assert back == value
    assert repr(back) == repr(value)
    assert hash(back) == hash(value)


def test_lists_and_arrays_are_tuples():
    assert identity_of([1, [2, 3]]) == (1, (2, 3))
    numpy = pytest.importorskip("numpy")
    assert identity_of(numpy.array([[1, 2], [3, 4]], dtype=numpy.int8)) == ((1, 2), (3, 4))
    assert identity_of(numpy.int64(7)) == 7
    with pytest.raises(TypeError):
        identity_of(numpy.array([1.5]))


def test_functions_have_no_object():
    outcome = arcbatch.compile("def f(x):\n    return rbind(add, x)\n")(1)
    assert outcome.status == "value"
    with pytest.raises(ValueError, match="no object"):
        outcome.object  # noqa: B018


def random_cells(rng, n):
    return [(rng.randrange(10), (rng.randrange(-30, 30), rng.randrange(30))) for _ in range(n)]


def random_set(rng):
    """A frozenset whose table has a history: growth, removals, copies."""
    n = rng.choice([0, 1, 3, 5, 8, 20, 100, 700])
    build = rng.randrange(4)
    cells = random_cells(rng, n)
    if build == 0:
        return frozenset(cells)
    if build == 1:
        return frozenset(cells) - frozenset(cells[::2])
    if build == 2:
        changed = set(cells)
        for cell in cells[:: rng.choice([1, 2, 3])]:
            changed.discard(cell)
        changed |= set(random_cells(rng, rng.choice([0, 2, 9])))
        return frozenset(changed)
    return frozenset(cells) | frozenset(cell[1] for cell in cells)


def test_sets_keep_their_tables():
    """What is built of a set later depends on its whole table, not on its order alone."""
    rng = random.Random(1)
    for _ in range(300):
        given = random_set(rng)
        back = identity_of(given)
        assert list(back) == list(given)
        other = frozenset(random_cells(rng, 5))
        for op in (frozenset.__sub__, frozenset.__or__, frozenset.__and__):
            assert list(op(back, other)) == list(op(given, other))
        assert list(frozenset(set(back))) == list(frozenset(set(given)))


def test_set_operations_in_the_engine_are_cpythons():
    difference = arcbatch.compile("def f(a, b):\n    return difference(a, b)\n")
    combine = arcbatch.compile("def f(a, b):\n    return combine(a, b)\n")
    insert = arcbatch.compile("def f(a, b):\n    return insert(b, a)\n")
    rng = random.Random(2)
    for _ in range(200):
        a, b = random_set(rng), random_set(rng)
        assert list(difference(a, b).object) == list(type(a)(e for e in a if e not in b))
        assert combine(a, b).value == repr(type(a)((*a, *b)))
        assert insert(a, (9, 9)).value == repr(a.union(frozenset({(9, 9)})))


def test_returned_sets_can_be_used_as_any_other():
    cells = frozenset((k % 7, (k, k * k % 11)) for k in range(300))
    back = identity_of(cells)
    assert back == cells and cells == back
    assert all(cell in back for cell in cells)
    assert (0, (1, 1)) not in back
    assert len(back) == len(cells)
    assert sorted(back) == sorted(cells)
    emptied = identity_of(cells) - cells
    assert emptied == frozenset()
    for _ in range(20000):
        identity_of(cells)


def test_shared_parts_stay_shared():
    program = arcbatch.compile(
        "def f(x):\n" + "".join("    x = astuple(x, x)\n" for _ in range(20)) + "    return x\n"
    )
    value = program(((1, 2), (3, 4), (5, 6)), max_steps=10**9)
    if value.status == "value":
        assert value.object[0] is value.object[1]


def test_every_built_in_program_compiles():
    folder = pathlib.Path(__file__).parents[2] / "examples" / "programs"
    files = sorted(folder.glob("*.py"))
    assert files
    for path in itertools.islice(files, 5):
        assert arcbatch.compile(path).functions
