"""The names of the earlier system."""

import sys
import threading
import types

import pytest
from test_batch_context import GRID, MINI, _digests, _module

import arcbatch
import arcbatch.dsl
from arcbatch import compat

BATT = """
from dsl import hmirror, size

def batt(task_id, S, I, C, log_path):
    if size(I) == 1:
        raise KeyError(task_id)
    return [hmirror(I)], [(task_id, size(S), C, log_path)]
"""


@pytest.fixture
def dsl(tmp_path, monkeypatch):
    """Our small DSL under the name `dsl`, taken for the pinned one."""
    module = _module("dsl", MINI, tmp_path, monkeypatch)
    digests = _digests(module)
    monkeypatch.setattr("arcbatch._batch_context.pinned", lambda: digests)
    return module


@pytest.fixture
def batt(dsl, tmp_path, monkeypatch):
    return _module("batt_of_test", BATT, tmp_path, monkeypatch)


DATA = {
    "demo": {
        "a": [{"input": [[1, 2], [3, 4]], "output": [[0]]}, {"input": [[5]], "output": [[1]]}],
        "b": [{"input": [[n], [n + 1]], "output": [[2]]} for n in range(7)],
    },
    "test": {"a": [{"input": [[6, 7], [8, 9]]}]},
}


def test_operations():
    ops = compat.GPUDSLOperations()
    assert ops.batch_apply(len, [GRID, ((1,),)]) == [(2, 2, 2), (1,)]
    assert ops.batch_mapply(arcbatch.dsl.identity, [GRID]) == [(1, 2, 3, 4, 5, 6)]
    filled = ops.batch_fill([GRID, GRID], [7, 8], [frozenset({(0, 0)}), frozenset()])
    assert filled == [((7, 2), (3, 4), (5, 6)), GRID] and type(filled[0]) is tuple
    one, two = frozenset({(1, (0, 0))}), frozenset({(2, (0, 0))})
    assert ops.batch_colorfilter([frozenset({one, two})], [2]) == [frozenset({two})]
    with pytest.raises(TypeError):
        ops.batch_fill([5], [1], [frozenset()])
    stats = ops.get_stats()
    assert not stats["gpu_available"] and stats["gpu_count"] == 0
    assert stats["operations"] == {"apply": 2, "mapply": 1, "fill": 2, "colorfilter": 1}
    assert compat.get_gpu_ops() is compat.get_gpu_ops(enable_gpu=False)


def test_context(dsl, batt):
    before = dict(vars(batt))
    assert compat.get_current_batch_context() is None
    with compat.batch_dsl_context(gpu_ops=None, enable_gpu=True) as context:
        assert compat.get_current_batch_context() is context
        with compat.batch_dsl_context() as inner:
            assert compat.get_current_batch_context() is inner
        assert compat.get_current_batch_context() is context
        seen = []
        thread = threading.Thread(target=lambda: seen.append(compat.get_current_batch_context()))
        thread.start()
        thread.join()
        assert seen == [None]
        assert batt.batt("a", (), GRID, None, "")[0] == [GRID[::-1]]
    assert context.stats()["hmirror"].routed == 1
    assert compat.get_current_batch_context() is None and vars(batt) == before


@pytest.mark.parametrize("enable_gpu", [True, False])
@pytest.mark.parametrize("parallel", [True, False])
@pytest.mark.parametrize("batch_size", [1, 3, 1000])
def test_coordinator(batt, enable_gpu, parallel, batch_size):
    coordinator = compat.MegaBatchCoordinator(
        "batt_of_test", batch_size, enable_gpu=enable_gpu, parallel=parallel, max_workers=3
    )
    results, seconds = coordinator.process_all(DATA, ["a", "b"], "log")
    assert seconds > 0 and list(results) == ["a", "b"]
    assert results["a"]["demo"] == {
        0: {"o": [((3, 4), (1, 2))], "s": [("a", 2, None, "log")]},
        1: {"o": [], "s": []},
    }
    assert results["a"]["test"] == {
        0: {"o": [((8, 9), (6, 7))], "s": [("a", 2, None, "log")]},
    }
    assert [results["b"]["demo"][n]["o"] for n in range(7)] == [
        [((n + 1,), (n,))] for n in range(7)
    ]
    inputs = coordinator.collect_inputs(DATA, ["a"])
    assert [type(r.error) for r in coordinator.process_batch(inputs, 0)] == [
        type(None),
        KeyError,
        type(None),
    ]


def test_coordinator_without_a_batt(dsl):
    with pytest.raises(ValueError, match="no function batt"):
        compat.MegaBatchCoordinator("dsl").load_batt()
    with pytest.raises(ValueError):
        compat.MegaBatchCoordinator("dsl", batch_size=0)


def test_optimizer():
    numpy = pytest.importorskip("numpy")
    optimizer = compat.MultiGPUOptimizer()
    grids = [GRID, ((1,),)]
    got = optimizer.batch_grid_op_optimized(grids, arcbatch.dsl.hmirror)
    assert got == [GRID[::-1], ((1,),)] and type(got[0]) is tuple
    turned = optimizer.batch_grid_op_optimized(
        grids, lambda batch: numpy.rot90(batch, axes=(1, 2)), vectorized=True
    )
    assert [t.tolist() for t in turned] == [[[2, 4, 6], [1, 3, 5]], [[1]]]
    single = optimizer.batch_grid_op_optimized(grids, None, vectorized=True, operation_single=len)
    assert single == [3, 1]
    with pytest.raises(arcbatch.UnsupportedError):
        optimizer.batch_grid_op_optimized(grids, len, keep_on_gpu=True)


def test_safe_functions(monkeypatch):
    module = types.ModuleType("module_of_test")
    monkeypatch.setitem(sys.modules, "module_of_test", module)
    exec(
        "from typing import *\n"
        "Grid = Tuple[Tuple[int]]\n"
        "def a(x) -> FrozenSet: return x[0]\n"
        "def b(x) -> Grid: return x[0]\n"
        "def c(x) -> int: return x[0]\n"
        "def d(x) -> bool: return x[0]\n"
        "def e(x) -> Callable: return x[0]\n"
        "def f(x): return x[0]\n"
        "def _g(x): return x[0]\n",
        vars(module),
    )
    compat.make_all_dsl_safe(module)
    wrapped = module.a
    compat.make_all_dsl_safe(module)
    assert module.a is wrapped and module.a._original_argcount == 1
    assert [getattr(module, n)((5,)) for n in "abcdef"] == [5] * 6
    assert [getattr(module, n)(()) for n in "abcdf"] == [frozenset(), (), 0, False, ()]
    assert module.d(()) is False and module.e(())(1, 2) == ()
    with pytest.raises(IndexError):
        module._g(())


@pytest.mark.parametrize("phase", (1, 2, 3))
@pytest.mark.parametrize("backend", ("cpu", "emulated"))
def test_phases(batt, phase, backend):
    plain = compat.MegaBatchCoordinator("batt_of_test", 4, enable_gpu=False, parallel=False)
    phased = compat.MegaBatchCoordinator(
        "batt_of_test", 4, max_workers=3, phase=phase, backend=backend, gather=5
    )
    expected, _ = plain.process_all(DATA, ["a", "b"])
    found, _ = phased.process_all(DATA, ["a", "b"])
    assert repr(found) == repr(expected)
    with pytest.raises(ValueError), compat.batch_dsl_context(phase=4):
        pass
