"""Batch contexts, on a small DSL of our own and on the reference where it is."""

import gc
import importlib.util
import logging
import os
import subprocess
import sys
import textwrap
import threading
import types

import pytest

import arcbatch
from arcbatch import _core
from arcbatch._digest import digest, pinned

# In our own words, with the reference's meaning.
MINI = '''
def add(a, b):
    """Sums."""
    if isinstance(a, int) and isinstance(b, int):
        return a + b
    if isinstance(a, tuple) and isinstance(b, tuple):
        return a[0] + b[0], a[1] + b[1]
    return (a + b[0], a + b[1]) if isinstance(a, int) else (a[0] + b, a[1] + b)


def identity(x):
    return x


def size(container):
    return len(container)


def hmirror(piece):
    return piece[::-1]


def first(container):
    return next(iter(container))


def totuple(container):
    return tuple(container)


def initset(value):
    return frozenset([value])


def contained(value, container):
    return value in container


def product(a, b):
    return frozenset((i, j) for j in b for i in a)


def apply(function, container):
    return type(container)(function(e) for e in container)


def mapply(function, container):
    return merge(apply(function, container))


def merge(containers):
    return type(containers)(e for c in containers for e in c)


def compose(outer, inner):
    return lambda x: outer(inner(x))


def rbind(function, fixed):
    n = function.__code__.co_argcount
    if n == 2:
        return lambda x: function(x, fixed)
    return lambda x, y: function(x, y, fixed)
'''

USER = """
from mini import *
import mini

def solve(grid):
    x1 = hmirror(grid)
    x2 = compose(size, first)
    x3 = x2(x1)
    return add(x3, 1)

def mixed(grid):
    return apply(lambda row: size(row) + 1, grid)

def fails(grid):
    return first(())
"""

GRID = ((1, 2), (3, 4), (5, 6))


def _module(name, text, folder, monkeypatch):
    path = folder / f"{name}.py"
    path.write_text(textwrap.dedent(text))
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def mini(tmp_path, monkeypatch):
    return _module("mini", MINI, tmp_path, monkeypatch)


@pytest.fixture
def user(mini, tmp_path, monkeypatch):
    return _module("user", USER, tmp_path, monkeypatch)


def _digests(module):
    return {
        name: digest(f)
        for name, f in vars(module).items()
        if isinstance(f, types.FunctionType) and f.__module__ == module.__name__
    }


@pytest.fixture
def digests(mini):
    return _digests(mini)


def _context(mini, user, digests, **options):
    return arcbatch.batch_context(mini, namespaces=[user], digests=digests, **options)


def _identical(before, space):
    return list(before) == list(space) and all(before[k] is space[k] for k in before)


def test_calls_are_routed_and_counted(mini, user, digests, caplog):
    caplog.set_level(logging.INFO, "arcbatch")
    before, names = dict(vars(mini)), dict(vars(user))
    with _context(mini, user, digests) as ctx:
        assert user.hmirror is mini.hmirror is not before["hmirror"]
        assert user.hmirror.__code__.co_argcount == 1 and user.hmirror.__name__ == "hmirror"
        result = user.solve(GRID)
        mirrored = user.hmirror(piece=GRID)
    assert result == 3 and type(mirrored) is tuple and mirrored == GRID[::-1]
    assert _identical(before, vars(mini)) and _identical(names, vars(user))
    stats = ctx.stats()
    assert {n: (s.calls, s.routed, s.fallen_back) for n, s in stats.items()} == {
        "hmirror": (2, 2, 0),
        "compose": (1, 1, 0),
        "add": (1, 1, 0),
    }
    assert all(s.seconds > 0 for s in stats.values())
    assert len(ctx.routed) == 14 and ctx.differs == []
    assert caplog.messages[0] == "Installed 14 wrappers"
    assert caplog.messages[-1].startswith(
        f"Batch complete: 4/4 operations ran on {_core.backend_name()} (100.0%), "
    )


def test_python_functions_fall_back(mini, user, digests):
    with _context(mini, user, digests) as ctx:
        assert user.mixed(GRID) == (3, 3, 3)
        assert user.hmirror([1, 2]) == [2, 1]
        assert user.add(2**62, 2**62) == 2**63
        assert user.contained("a", "abc") is True
    assert ctx.stats()["apply"].fallen_back == 1
    assert ctx.stats()["size"].routed == 3
    assert ctx.fallbacks["unsupported: a Python function"] == 1
    assert ctx.fallbacks["unsupported: integer beyond 64 bits"] == 1
    assert sum(ctx.fallbacks.values()) == sum(s.fallen_back for s in ctx.stats().values()) == 4
    assert "in Python:" in ctx.summary() and "3/7 operations" in ctx.summary()


def test_limits_fall_back(mini, user, digests):
    deep = 0
    for _ in range(500):
        deep = (deep,)
    with _context(mini, user, digests) as ctx:
        assert user.identity(deep) is deep
    assert ctx.fallbacks["limit: value nested too deeply"] == 1


def test_errors_are_pythons_own(mini, user, digests):
    with _context(mini, user, digests) as ctx:
        with pytest.raises(TypeError, match="not subscriptable") as caught:
            user.add(None, (1, 2))
        assert caught.value.__context__ is None
        with pytest.raises(StopIteration):
            user.fails(GRID)
    assert ctx.stats()["first"].routed == 1


def test_results_are_plain(mini, user, digests):
    """And functions that come back are those that were put in."""
    with _context(mini, user, digests):
        inner = user.compose(user.size, user.hmirror)
        assert inner(GRID) == 3
        pairs = user.product((1, 2), (3,))
        assert type(pairs) is frozenset
        assert repr(pairs) == repr(frozenset((i, j) for j in (3,) for i in (1, 2)))
        assert user.first((user.add, user.size)) is user.add
        assert user.first(user.initset(inner)) is inner
        rows = user.apply(user.hmirror, (GRID, GRID))
        assert type(rows) is tuple and type(rows[0]) is tuple
        bound = user.apply(user.rbind(user.rbind, 1), (user.add, user.contained))
        assert bound[0](4) == 5
        mirror = user.compose(user.identity, user.hmirror)
        assert type(mirror(GRID)) is tuple
        with pytest.raises(TypeError, match="object of type 'int' has no len"):
            user.compose(user.size, user.identity)(5)
    assert inner(GRID) == 3 and type(mirror(GRID)) is tuple


def test_restored_after_an_exception(mini, user, digests):
    before, names = dict(vars(mini)), dict(vars(user))
    with pytest.raises(KeyError), _context(mini, user, digests):
        user.solve(GRID)
        raise KeyError
    assert _identical(before, vars(mini)) and _identical(names, vars(user))


def test_what_the_user_binds_meanwhile_stays(mini, user, digests):
    with _context(mini, user, digests):
        mine = user.hmirror = lambda piece: 7
        assert user.solve is not None
    assert user.hmirror is mine and mini.hmirror is not mine


def test_nested(mini, user, digests):
    before = dict(vars(mini))
    with _context(mini, user, digests) as outer:
        user.add(1, 2)
        with _context(mini, user, digests) as inner:
            user.add(1, 2)
            user.add(1, 2)
        assert user.add is not before["add"]
        user.add(1, 2)
    assert outer.stats()["add"].calls == 2 and inner.stats()["add"].calls == 2
    assert _identical(before, vars(mini))


def test_ends_in_any_order(mini, user, digests):
    before, names = dict(vars(mini)), dict(vars(user))
    first, second = _context(mini, user, digests), _context(mini, user, digests)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    user.add(1, 2)
    assert second.stats()["add"].calls == 1 and not first.stats()
    second.__exit__(None, None, None)
    assert _identical(before, vars(mini)) and _identical(names, vars(user))
    with pytest.raises(RuntimeError):
        second.__exit__(None, None, None)


def test_other_threads_are_left_alone(mini, user, digests):
    seen = []
    with _context(mini, user, digests) as ctx:
        thread = threading.Thread(target=lambda: seen.append(user.solve(GRID)))
        thread.start()
        thread.join()
    assert seen == [3] and ctx.stats() == {}


def test_staggered_threads(mini, user, digests):
    """Contexts of many threads begin and end in any order."""
    before, names = dict(vars(mini)), dict(vars(user))
    failed = []
    barrier = threading.Barrier(12)

    def work(seed):
        barrier.wait()
        for k in range(12):
            if (seed + k) % 3 == 0:
                if user.solve(GRID) != 3:
                    failed.append("inert")
                continue
            ctx = _context(mini, user, digests)
            ctx.__enter__()
            calls = (seed * 7 + k) % 5 + 1
            for _ in range(calls):
                if user.solve(GRID) != 3:
                    failed.append("routed")
            ctx.__exit__(None, None, None)
            if ctx.stats()["hmirror"].calls != calls:
                failed.append(ctx.stats())

    threads = [threading.Thread(target=work, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert _identical(before, vars(mini)) and _identical(names, vars(user))


def test_what_differs_is_left_alone(mini, digests, tmp_path, monkeypatch):
    text = MINI.replace("return tuple(container)", "return (*container,)")
    text = text.replace('"""Sums."""', '"""Another docstring: no difference."""')
    changed = _module("mini", text, tmp_path, monkeypatch)
    with arcbatch.batch_context(changed, digests=digests) as ctx:
        assert ctx.differs == ["totuple"] and len(ctx.routed) == 13
    # A function whose callee differs differs too.
    text = MINI.replace("for c in containers for e in c)", "for d in containers for e in d)")
    changed = _module("mini", text, tmp_path, monkeypatch)
    with arcbatch.batch_context(changed, digests=digests) as ctx:
        assert ctx.differs == ["mapply", "merge"]
    # So does one for which a builtin is another, one of a closure, and one with its text gone.
    changed = _module("mini", MINI + "\nlen = abs\n", tmp_path, monkeypatch)
    with arcbatch.batch_context(changed, digests=digests) as ctx:
        assert ctx.differs == ["size"]
    changed = _module("mini", MINI + "\nidentity.__defaults__ = (1,)\n", tmp_path, monkeypatch)
    with arcbatch.batch_context(changed, digests=digests) as ctx:
        assert ctx.differs == ["identity"]
    changed = _module("mini", "\n\n\n" + MINI, tmp_path, monkeypatch)
    (tmp_path / "mini.py").write_text("\n\n\n" + MINI.replace("piece[::-1]", "piece[::+1]"))
    with arcbatch.batch_context(changed, digests=digests) as ctx:
        assert "hmirror" in ctx.differs
    with arcbatch.batch_context(changed) as ctx:
        assert len(ctx.differs) == len(pinned()) - len(ctx.routed)


def test_annotations_do_not_count(mini, digests, tmp_path, monkeypatch):
    text = MINI.replace("def size(container):", "def size(container: tuple) -> int:")
    annotated = _module("mini", text, tmp_path, monkeypatch)
    assert _digests(annotated) == digests


def test_captured_functions_are_reported(mini, user, digests):
    holder = [mini.add, mini.size]
    gc.collect()
    with _context(mini, user, digests) as ctx:
        assert "add, size in 1 objects of type list" in ctx.captured
        holder[0](1, 2)
    assert ctx.stats() == {}
    with arcbatch.batch_context(mini, digests=digests) as ctx:
        assert any(line.endswith(" in user") for line in ctx.captured)


def test_verify(mini, user, digests, tmp_path, monkeypatch):
    with _context(mini, user, digests, verify=True) as ctx:
        assert user.solve(GRID) == 3
        bound = user.apply(user.rbind(user.rbind, 1), (user.add, user.contained))
        assert user.first(bound)(2) == 3
        ctx.verify = False
    wrong = _module("mini", MINI.replace("a + b\n", "a + b + 1\n"), tmp_path, monkeypatch)
    with arcbatch.batch_context(wrong, digests=_digests(wrong), verify=True) as ctx:
        with pytest.raises(arcbatch.VerifyError, match="the engine gives 3, Python 4"):
            wrong.add(1, 2)
        with pytest.raises(TypeError):
            wrong.add(1, None)
        ctx.verify = False
        assert wrong.add(1, 2) == 3


def test_every_primitive_falls_back(tmp_path, monkeypatch):
    """Each of them, made to answer from the user's module."""
    text = "".join(
        f"def {name}({parameters.replace(',', ', ')}):\n    return '{name}', {parameters}\n\n\n"
        for name, parameters, *_ in _core.registry()
    )
    module = _module("stand_ins", text, tmp_path, monkeypatch)
    names = [row[0] for row in _core.registry()]
    with arcbatch.batch_context(module, digests=_digests(module), exclude=names) as ctx:
        for name, parameters, *_ in _core.registry():
            args = tuple(range(len(parameters.split(","))))
            assert getattr(module, name)(*args) == (name, *args)
    assert ctx.fallbacks == {"excluded": len(names)}
    assert all((s.calls, s.fallen_back) == (1, 1) for s in ctx.stats().values())
    assert len(ctx.stats()) == len(names)

    class Foreign:
        pass

    foreign = Foreign()
    with arcbatch.batch_context(module, digests=_digests(module)) as ctx:
        for name, parameters, *_ in _core.registry():
            args = (foreign,) * len(parameters.split(","))
            assert getattr(module, name)(*args) == (name, *args)
    assert sum(ctx.fallbacks.values()) == len(names)


def test_run(mini, user, digests):
    grids = [GRID, GRID * 2, GRID[:1]]
    with _context(mini, user, digests) as ctx:
        done = ctx.run(user.solve, grids)
        assert (done.results, done.compiled, done.reason, done.in_python) == (
            [3] * 3,
            True,
            None,
            0,
        )
        assert len(done) == 3 and list(done) == [3] * 3 and done[0] == 3
        assert ctx.stats() == {}
        done = ctx.run(user.mixed, grids)
        assert not done.compiled and done.reason and done.in_python == 3
        assert done.results == [(3,) * 3, (3,) * 6, (3,)]
        assert ctx.stats()["apply"].calls == 3
        done = ctx.run(lambda grid: 5, grids)
        assert not done.compiled
        done = ctx.run(len, grids)
        assert not done.compiled and done.results == [3, 6, 1]
        with pytest.raises(StopIteration):
            ctx.run(user.fails, grids)
        with pytest.raises(TypeError):
            ctx.run(user.solve, [3])
    with pytest.raises(RuntimeError):
        ctx.run(user.solve, grids)


def test_backends(mini, digests):
    with pytest.raises(arcbatch.BackendError):
        arcbatch.batch_context(mini, backend="cuda")
    with arcbatch.batch_context(mini, backend="cpu", digests=digests) as ctx:
        assert ctx.backend.startswith("cpu-")


def test_dicts_are_namespaces(mini, digests):
    space = {"mirror": mini.hmirror, "other": 1}
    with arcbatch.batch_context(vars(mini), namespaces=[space], digests=digests) as ctx:
        assert space["mirror"](GRID) == GRID[::-1]
    assert space == {"mirror": mini.hmirror, "other": 1} and ctx.stats()["hmirror"].calls == 1


def test_digests_are_of_all_primitives():
    assert set(pinned()) <= {row[0] for row in _core.registry()}
    assert len(pinned()) == 160
    assert len(set(pinned().values())) == 160


REFERENCE = os.environ.get("ARCBATCH_REFERENCE")


@pytest.mark.skipif(not REFERENCE, reason="ARCBATCH_REFERENCE names no checkout of arc-dsl")
def test_the_reference_is_routed():
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import arcbatch, dsl, solvers\n"
        "with arcbatch.batch_context(dsl, namespaces=[solvers], verify=True) as ctx:\n"
        "    assert len(ctx.routed) == 160, ctx.differs\n"
        "    print(solvers.solve_67a3c6ac(((1, 2), (3, 4))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, REFERENCE], capture_output=True, text=True, check=True
    )
    assert done.stdout == "((2, 1), (4, 3))\n"
