"""arcbatch.dsl: the primitives as Python callables, compared with recorded cases and with Python."""

import copy
import gc
import inspect
import os
import pickle
import subprocess
import sys
import threading

import pytest
import run_cases
from conftest import ROOT

import arcbatch
import arcbatch.constants
import arcbatch.dsl
from arcbatch import _core
from arcbatch.constants import *  # noqa: F403
from arcbatch.dsl import *  # noqa: F403

FILES = run_cases.case_files([os.path.join(ROOT, "tests", "cases")])
GRID = ((0, 1, 2), (3, 4, 5), (6, 7, 8))
NAMES = [row[0] for row in _core.registry()]


def _ending(function):
    """What a call comes to, in the words of the case files."""
    try:
        value = function()
    except arcbatch.UnsupportedError:
        return "unsupported"
    except arcbatch.LimitError:
        return "limit"
    except Exception as error:
        return f"error {type(error).__name__}"
    return f"value {value!r}"


@pytest.fixture
def collecting():
    """Every call begins with a collection, so that a value which nobody holds is lost at once."""
    _core.collect_always(True)
    yield
    _core.collect_always(False)


@pytest.mark.parametrize("path", FILES, ids=[os.path.basename(f)[:-5] for f in FILES])
def test_recorded_cases(path, collecting):
    """The bodies of all cases, run by Python on arcbatch.dsl."""
    for case in run_cases.read_cases(path):
        space = {**vars(arcbatch.dsl), **vars(arcbatch.constants)}
        exec(case.source(), space)
        got = _ending(space["case"])
        if case.expected.startswith("value <function"):
            # Python's own repr of a function has its address.
            assert got.startswith(case.expected[:-1] + " at 0x")
        elif case.expected.startswith(("value", "error")):
            assert got == case.expected, f"{path}:{case.line}: {case.name}"


def test_all_primitives_are_there():
    assert len(NAMES) >= 160
    for name, parameters, *_, doc in _core.registry():
        primitive = getattr(arcbatch.dsl, name)
        assert primitive.__name__ == primitive.__qualname__ == name
        assert primitive.__module__ == "arcbatch.dsl"
        assert primitive.__doc__ == doc
        assert list(inspect.signature(primitive).parameters) == parameters.split(",")
        assert primitive.__code__.co_argcount == len(parameters.split(","))
        assert primitive in (primitive,)
        assert pickle.loads(pickle.dumps(primitive)) is primitive
        assert copy.deepcopy(primitive) is primitive
        assert name in arcbatch.dsl.__all__


@pytest.mark.parametrize("name", ["generate-stubs", "generate-api"])
def test_what_scripts_write_is_current(name):
    script = os.path.join(ROOT, "scripts", name)
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_constants():
    assert len(arcbatch.constants.__all__) == 28
    assert (T, F, ONE, UNITY, DOWN) == (True, False, 1, (1, 1), (1, 0))  # noqa: F405


def test_arguments_are_bound_as_python_binds_them():
    assert fill(grid=GRID, value=9, patch=frozenset({(0, 0)}))[0] == (9, 1, 2)  # noqa: F405
    assert fill(GRID, patch=frozenset(), value=9) == GRID  # noqa: F405
    for args, keywords in [((1,), {}), ((1, 2, 3), {}), ((1,), {"c": 2}), ((1, 2), {"b": 2})]:
        with pytest.raises(TypeError, match=r"add\(\)"):
            add(*args, **keywords)  # noqa: F405


def test_a_tuple_value_is_a_tuple():
    value, plain = hmirror(GRID), GRID[::-1]  # noqa: F405
    assert isinstance(value, tuple)
    assert not isinstance(value, frozenset)
    assert value == plain and plain == value and not value != plain
    assert hash(value) == hash(plain) and {plain: 1}[value] == 1
    assert value < ((9,),) and ((9,),) > value and value <= plain and not value < plain
    assert (len(value), value[0], value[-1][1:], value[::2]) == (3, (6, 7, 8), (1, 2), plain[::2])
    assert list(value) == list(plain) and list(reversed(value)) == list(GRID)
    assert (0, 1, 2) in value and 5 not in value
    assert value + GRID == plain + GRID and GRID + value == GRID + plain
    assert value * 2 == plain * 2 == 2 * value
    assert value.count((0, 1, 2)) == 1 and value.index((0, 1, 2)) == 2
    assert repr(value) == repr(plain) == str(value)
    assert type(value.to_python()) is tuple and value.to_python() is value.to_python()
    assert copy.copy(value) is value and copy.deepcopy(value) is value
    restored = pickle.loads(pickle.dumps(value))
    assert type(restored) is tuple and restored == value
    assert type(value)(iter([1, 2])) == (1, 2)
    assert bool(value) and not totuple(frozenset())  # noqa: F405
    with pytest.raises(IndexError):
        value[3]
    with pytest.raises(TypeError):
        value[0] = 1
    with pytest.raises(TypeError):
        value + [1]


def test_a_set_value_is_a_frozenset():
    value = ofcolor(((1, 0), (0, 1)), 0)  # noqa: F405
    plain = frozenset({(0, 1), (1, 0)})
    more = frozenset({(0, 1), (5, 5)})
    assert isinstance(value, frozenset)
    assert value == plain and plain == value and value != more
    assert hash(value) == hash(plain) and value in {plain} and plain in {value}
    for op in ("__or__", "__and__", "__sub__", "__xor__"):
        expected = getattr(plain, op)(more)
        assert getattr(value, op)(more) == expected
    assert value | more == plain | more and more - value == more - plain
    assert value <= plain and plain >= value and not value < plain and value < value | more
    assert (0, 1) in value and 3 not in value and len(value) == 2
    assert value.union(value, [3]) == plain | {3} and value.isdisjoint([4])
    assert value.issubset(value) and value.copy() is value
    restored = pickle.loads(pickle.dumps(value))
    assert type(restored) is frozenset and restored == value
    assert type(value)(value) is value.to_python()
    with pytest.raises(TypeError):
        value | [1]
    with pytest.raises(TypeError):
        value[0]


def test_arguments_come_back_as_themselves():
    assert identity(GRID) is GRID  # noqa: F405
    value = hmirror(GRID)  # noqa: F405
    assert identity(value) is value  # noqa: F405
    assert branch(True, value, GRID) is value  # noqa: F405


def test_to_python():
    value = hmirror(GRID)  # noqa: F405
    assert arcbatch.to_python(value) is value.to_python()
    for plain in (None, 1, (1, 2), GRID, frozenset({1}), "text", len):
        assert arcbatch.to_python(plain) is plain
    assert apply(lambda row: None, GRID) == (None,) * 3  # noqa: F405
    assert index(GRID, (9, 9)) is None  # noqa: F405


def test_arrays():
    numpy = pytest.importorskip("numpy")
    value = hmirror(GRID)  # noqa: F405
    assert (numpy.asarray(value) == numpy.asarray(GRID[::-1])).all()
    assert numpy.asarray(value).dtype == numpy.asarray(GRID).dtype
    assert numpy.array(value, dtype="int8").dtype == "int8"


def test_python_functions_inside():
    patches = objects(((1, 0), (1, 2)), True, False, False)  # noqa: F405
    seen = []

    def larger(patch):
        seen.append(patch)
        return len(patch) > 1

    kept = sfilter(patches, larger)  # noqa: F405
    assert kept == {frozenset({(1, (0, 0)), (1, (1, 0))})}
    assert seen == list(patches)
    assert apply(lambda x: x + 1, (1, 2)) == (2, 3)  # noqa: F405
    assert mapply(lambda n: (n, n), (1, 2)) == (1, 1, 2, 2)  # noqa: F405
    assert order((3, 1, 2), lambda n: -n) == (3, 2, 1)  # noqa: F405
    assert compose(lambda n: n + 1, size)(GRID) == 4  # noqa: F405
    assert compose(size, lambda n: (n,) * 3)(7) == 3  # noqa: F405
    assert fork(add, lambda n: n, double)(2) == 6  # noqa: F405
    assert rbind(lambda a, b: (a, b), 1)(2) == (2, 1)  # noqa: F405
    assert lbind(lambda a, b, c: (a, b, c), 1)(2, 3) == (1, 2, 3)  # noqa: F405
    assert matcher(lambda n: n % 3, 0)(6) is True  # noqa: F405
    assert power(lambda n: n * 2, 5)(1) == 32  # noqa: F405
    assert argmax((1, -5, 3), abs) == -5  # noqa: F405
    assert rapply((len, size, lambda g: 0), GRID) == (3, 3, 0)  # noqa: F405
    assert papply(lambda a, b: a * b, (1, 2), (3, 4)) == (3, 8)  # noqa: F405
    assert prapply(lambda a, b: a * b, (1, 2), (3, 4)) == {3, 6, 4, 8}  # noqa: F405
    assert repeat(len, 2) == (len, len)  # noqa: F405


def test_exceptions_pass_unchanged():
    class Own(Exception):
        pass

    error = Own()

    def fail(_):
        raise error

    for call in (
        lambda: apply(fail, (1,)),  # noqa: F405
        lambda: compose(size, fail)(1),  # noqa: F405
        lambda: argmin((1, 2), fail),  # noqa: F405
        lambda: extract((1, 2), fail),  # noqa: F405
    ):
        with pytest.raises(Own) as caught:
            call()
        assert caught.value is error

    def stop(_):
        raise StopIteration

    with pytest.raises(RuntimeError):
        apply(stop, (1,))  # noqa: F405
    with pytest.raises(StopIteration):
        compose(size, stop)(1)  # noqa: F405


def test_what_the_engine_has_no_form_for():
    assert contained("a", ("a", "b")) is True  # noqa: F405
    assert identity(2.5) == 2.5  # noqa: F405
    assert first(["a"]) == "a"  # noqa: F405
    assert apply(str, [1, 2]) == ["1", "2"]  # noqa: F405
    assert maximum({1, 3}) == 3  # noqa: F405
    assert greater(2**70, 1) is True  # noqa: F405
    with pytest.raises(arcbatch.UnsupportedError, match="list"):
        rot90([[1]])  # noqa: F405
    with pytest.raises(arcbatch.UnsupportedError, match="64 bits"):
        multiply(2**40, 2**40)  # noqa: F405
    with pytest.raises(arcbatch.UnsupportedError, match="order"):
        repr(product((size, identity, last), (1, 2)))  # noqa: F405
    deep = power(lbind(astuple, 1), 500)  # noqa: F405
    with pytest.raises(arcbatch.LimitError, match="nested"):
        deep(1)


def test_functions():
    f = compose(hmirror, vmirror)  # noqa: F405
    assert f(GRID) == tuple(row[::-1] for row in GRID)[::-1]
    assert f(x=GRID) == f(GRID)
    assert f == f and f != compose(hmirror, vmirror) and hash(f) == hash(f)  # noqa: F405
    assert f.__code__.co_argcount == 1 and "compose" in repr(f)
    again = pickle.loads(pickle.dumps(f))
    assert again(GRID) == f(GRID) and again != f
    nested = rbind(shift, (1, 1))  # noqa: F405
    assert pickle.loads(pickle.dumps(nested))(frozenset({(0, 0)})) == {(1, 1)}
    mixed = compose(len, f)
    assert pickle.loads(pickle.dumps(mixed))(GRID) == 3
    assert mixed == mixed and mixed in {mixed}
    with pytest.raises(TypeError):
        f(1, 2)
    # A function that is taken out of a value is the one that was put in.
    both = astuple(f, nested)  # noqa: F405
    assert both[0] == f and hash(both[0]) == hash(f) and first(both) == f  # noqa: F405
    assert initset(f) == frozenset({f}) and f in initset(f)  # noqa: F405
    assert last(both)(frozenset({(0, 0)})) == {(1, 1)}  # noqa: F405
    cycle = []
    cycle.append(compose(lambda x, c=cycle: x, size))  # noqa: F405
    del cycle
    gc.collect()


def test_values_outlive_collections():
    """Values, their orders and functions are the same after the session moved them."""
    grid = tuple(tuple(i * j % 7 for j in range(12)) for i in range(12))

    def build():
        values = [objects(grid, True, d, False) for d in (True, False)]  # noqa: F405
        values += [shift(ofcolor(grid, c), (1, c)) for c in range(7)]  # noqa: F405
        values += [asobject(grid), product((1, 2, 3), (4, 5)), totuple(values[0])]  # noqa: F405
        return [*values, hmirror(grid), mapply(lbind(shift, values[2]), values[3])]  # noqa: F405

    kept = build()
    fresh = [value.to_python() for value in build()]
    function = compose(size, lbind(sfilter, kept[0]))  # noqa: F405
    functions = astuple(function, function)  # noqa: F405
    before = hash(function)
    for _ in range(60000):
        grid = rot90(grid)  # noqa: F405
    assert [repr(identity(v)) for v in kept] == [repr(v) for v in fresh]  # noqa: F405
    for value, plain in zip(kept, fresh):
        assert value == plain and hash(value) == hash(plain)
        assert size(value) == len(plain)  # noqa: F405
    assert list(merge(kept[0])) == list(merge(fresh[0]))  # noqa: F405
    assert hash(function) == before and functions == (function, function)
    assert function(lambda p: True) == len(kept[0])


def test_orders_after_moves_are_pythons():
    grid = tuple(tuple((i * i + j) % 5 for j in range(9)) for i in range(9))
    late, early = [], []
    for c in range(5):
        early.append(repr(shift(ofcolor(grid, c), (c, -c))))  # noqa: F405
        late.append(shift(ofcolor(grid, c), (c, -c)))  # noqa: F405
    for _ in range(60000):
        grid = vmirror(grid)  # noqa: F405
    assert [repr(v) for v in late] == early


def _resident() -> float:
    with open("/proc/self/statm") as handle:
        return int(handle.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def test_every_use_of_a_value_holds_it(collecting):
    grid = tuple(tuple((i * i + j) % 5 for j in range(9)) for i in range(9))
    kept = []
    for round_ in range(30):
        patch = shift(ofcolor(grid, round_ % 5), (1, -1))  # noqa: F405
        both = astuple(patch, hmirror(grid))  # noqa: F405
        kept.append((both, repr(both), hash(both), both.to_python()))
        assert both == (patch, hmirror(grid)) and patch in both  # noqa: F405
        assert astuple(patch, hmirror(grid)) == both[:]  # noqa: F405
        function = compose(size, lbind(combine, patch))  # noqa: F405
        assert function(patch) == len(patch) == pickle.loads(pickle.dumps(function))(patch)
        assert compose(lambda n: n, function)(patch) == len(patch)
    for both, text, number, plain in kept:
        assert repr(identity(both)) == text == repr(plain)  # noqa: F405
        assert hash(both) == number == hash(plain)


def test_memory_stays_flat():
    grid = tuple(tuple(i * j % 10 for j in range(10)) for i in range(10))
    patch = ofcolor(grid, 0)  # noqa: F405
    start = None
    for k in range(1_000_000):
        grid = rot90(grid)  # noqa: F405
        if k % 8 == 0:
            patch = shift(patch, (1, 0) if k % 16 == 0 else (-1, 0))  # noqa: F405
        if k == 100_000:
            start = _resident()
    assert _resident() - start < 8


def test_threads():
    grid = tuple(tuple(i * j % 10 for j in range(10)) for i in range(10))
    expected = objects(grid, True, False, True).to_python()  # noqa: F405
    failed = []

    def work():
        for _ in range(300):
            value = grid
            for _ in range(4):
                value = rot90(value)  # noqa: F405
            if value != grid or objects(value, True, False, True) != expected:  # noqa: F405
                failed.append(value)
            apply(lambda p: p, value)  # noqa: F405

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


def test_values_are_arguments_of_programs():
    value = objects(GRID, True, False, False)  # noqa: F405
    program = arcbatch.compile("def f(x):\n    return first(x)\n")
    assert program(value).value == repr(first(value))  # noqa: F405


def test_no_leaks_are_reported():
    code = (
        "import arcbatch\nfrom arcbatch.dsl import *\n"
        "x = objects(((1, 0),), True, True, False)\nf = compose(size, x)\n"
        "outcomes = arcbatch.evaluate()\nfirst = outcomes[0]\n"
        "session = arcbatch.Session()\nsession.submit('def f(I):\\n    return I\\n')\n"
        "report = session.wait()\nkept = report.functions[0][0], arcbatch.CompactProgram([])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
