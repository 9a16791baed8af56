"""Batch contexts that put calls off."""

import copy
import pickle
import threading

import pytest
from test_batch_context import (  # noqa: F401
    GRID,
    _context,
    _identical,
    digests,
    mini,
    user,
)

import arcbatch

BACKENDS = ("cpu", "emulated")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("resident", (True, False))
def test_a_result_is_made_when_it_is_looked_at(mini, user, digests, backend, resident):
    before, names = dict(vars(mini)), dict(vars(user))
    options = {"defer": 100, "backend": backend, "resident": resident}
    with _context(mini, user, digests, **options) as ctx:
        x1 = user.hmirror(GRID)
        x2 = user.hmirror(x1)
        x3 = user.size(x2)
        assert type(x1) is type(x2) is type(x3) is arcbatch.Deferred
        assert ctx.flushes.count == 0 and ctx.flushes.calls == 3
        assert x3 == 3
        assert ctx.flushes.count == ctx.flushes.looked == 1
        x4 = user.hmirror(GRID)
    assert x2 == GRID and x1 == GRID[::-1] == x4
    assert ctx.flushes.ended == 1 and ctx.flushes.full == 0
    assert _identical(before, vars(mini)) and _identical(names, vars(user))
    assert {n: s.calls for n, s in ctx.stats().items()} == {"hmirror": 3, "size": 1}
    assert sum(s.routed for s in ctx.stats().values()) == 4
    assert (ctx.flushes.device_operations > 0) == (backend == "emulated")
    if backend == "emulated":
        assert ctx.backend == "emulated" and "operations ran on emulated" in ctx.summary()
        assert sum(s.on_device for s in ctx.stats().values()) == 4


def test_so_many_are_made_together(mini, user, digests):
    with _context(mini, user, digests, defer=3) as ctx:
        results = [user.add(k, 1) for k in range(10)]
        assert ctx.flushes.count == ctx.flushes.full == 3
    assert results == list(range(1, 11)) and ctx.flushes.ended == 1


def test_a_deferred_is_the_object_to_python(mini, user, digests):
    with _context(mini, user, digests, defer=100):
        grid = user.hmirror(GRID)
        number = user.add(2, 3)
        some = user.product((1, 2), (3, 4))
        function = user.compose(mini.size, mini.first)
        truth = user.contained(9, (1,))
        assert isinstance(grid, tuple) and isinstance(some, frozenset) and isinstance(number, int)
        assert list(grid) == list(GRID[::-1]) and grid[0] == (5, 6) and len(grid) == 3
        assert repr(grid) == repr(GRID[::-1]) and hash(grid) == hash(GRID[::-1])
        assert GRID[::-1] == grid and {grid: 1}[GRID[::-1]] == 1 and grid + GRID == GRID[::-1] + GRID
        assert [*range(number)] == [0, 1, 2, 3, 4] and "abcdefg"[number] == "f" and number > 4
        assert 1 + number == number + 1 == 6 and -number == -5 and f"{number:03}" == "005"
        expected = frozenset((i, j) for j in (3, 4) for i in (1, 2))
        assert some == expected and list(some) == list(expected) and (1, 3) in some
        assert some | {1} == expected | {1} and {1} | some == {1} | expected
        assert function(GRID) == 2 and not truth
        for x in (grid, number, some):
            for other in (pickle.loads(pickle.dumps(x)), copy.copy(x), copy.deepcopy(x)):
                assert other == x and type(other) is type(arcbatch.to_python(x))
        # Within other arguments.
        assert user.first((user.hmirror(GRID), 1)) == GRID[::-1]
        assert user.apply(lambda row: row[0], user.hmirror(GRID)) == (5, 3, 1)


@pytest.mark.parametrize("backend", BACKENDS)
def test_errors_surface_where_one_looks(mini, user, digests, backend):
    with _context(mini, user, digests, defer=100, backend=backend) as ctx:
        bad = user.first(())
        worse = user.hmirror(bad)
        fine = user.hmirror(GRID)
        assert fine == GRID[::-1]
        with pytest.raises(StopIteration):
            len(bad)
        for _ in range(2):
            with pytest.raises(StopIteration):
                worse.to_python()
        message = user.hmirror(7)
    with pytest.raises(TypeError, match="'int' object is not subscriptable"):
        message == 1  # noqa: B015
    assert ctx.flushes.errors == 2


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_the_engine_refuses_is_python_s(mini, user, digests, backend):
    with _context(mini, user, digests, defer=100, backend=backend) as ctx:
        big = user.add(2**62, 2**62)
        text = user.contained("a", "abc")
        chained = user.add(user.add(2**62, 2**62), 1)
    assert (big, text, chained) == (2**63, True, 2**63 + 1)
    assert ctx.stats()["add"].fallen_back == 3 and ctx.stats()["contained"].fallen_back == 1


def test_verify_and_exclude(mini, user, digests):
    with _context(mini, user, digests, defer=100, verify=True, exclude=["size"]) as ctx:
        assert user.size(user.hmirror(GRID)) == 3
    assert ctx.stats()["size"].fallen_back == 1 and ctx.stats()["hmirror"].routed == 1


@pytest.mark.parametrize("backend", BACKENDS)
def test_eight_threads(mini, user, digests, backend):
    before, names = dict(vars(mini)), dict(vars(user))
    failed, shared = [], []

    def work(number):
        try:
            grid = tuple((number, k % 10) for k in range(5))
            for limit in (1, 2, 7, 50):
                with _context(mini, user, digests, defer=limit, backend=backend) as ctx:
                    found = [user.solve(grid) for _ in range(20)]
                    mirrored = user.hmirror(user.hmirror(grid))
                    shared.append((mirrored, grid))
                    assert found == [3] * 20
                assert mirrored == grid
                assert ctx.flushes.calls == sum(s.calls for s in ctx.stats().values()) == 62
        except BaseException as error:  # noqa: BLE001
            failed.append(error)
            raise

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    # Results of other threads may be looked at while these go on.
    while any(thread.is_alive() for thread in threads):
        assert all(mirrored == grid for mirrored, grid in list(shared))
    assert not failed and len(shared) == 32
    assert _identical(before, vars(mini)) and _identical(names, vars(user))


def test_options_are_checked(mini, digests):
    for options in ({"defer": -1}, {"defer": 2.5}, {"backend": "tpu"}):
        with pytest.raises(ValueError):
            arcbatch.batch_context(mini, digests=digests, **options)
    with pytest.raises(arcbatch.BackendError, match="defer"):
        arcbatch.batch_context(mini, digests=digests, backend="emulated")
