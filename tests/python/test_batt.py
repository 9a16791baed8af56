"""run_batt(): the shape of the coordinator's results, both passes, values and failures."""

import logging
import math

import arcbatch
import pytest

BATT = """from pile import *

def batt(task_id, S, I, C, log_path):
    s = []
    o = []
    t1 = identity(p_g)
    t2 = t1(I)
    t3 = t1(C)
    t4 = difference_tuple(t3, t2)
    t5 = size(t4)
    s.append((5, 'None', 'differ_a', t5))
    t6 = hmirror_t(I)
    o.append((6, True, 'mirror', t6))
    t7 = f_ofcolor(I, ONE)
    o.append((7, False, 'cells', t7))
    t8 = col_row(t7, R0)
    o.append((8, False, 'none', t8))
    t9 = insert(first, initset(second))
    t10 = totuple(t9)
    o.append((10, False, 'addresses', t10))
    return o, s
"""


def test_shape_and_values(mirror_tasks):
    found = arcbatch.run_batt(BATT, mirror_tasks)
    assert list(found) == ["mirror"]
    assert list(found["mirror"]) == ["demo", "test"]
    assert list(found["mirror"]["demo"]) == [0, 1] and list(found["mirror"]["test"]) == [0]
    first = found["mirror"]["demo"][0]
    assert first["o"][0] == (6, True, "mirror", ((3, 4), (1, 2)))
    assert first["o"][1] == (7, False, "cells", frozenset({(0, 0)}))
    assert first["o"][3] == (10, False, "addresses", ...)
    assert first["s"] == [(5, "None", "differ_a", 0)]
    assert found["mirror"]["demo"][1]["o"][1][3] == frozenset()


def test_output_as_c_leaves_out_examples_without_one(mirror_tasks):
    found = arcbatch.run_batt(BATT, mirror_tasks, c="output", jobs=1)
    assert list(found["mirror"]["demo"]) == [0, 1] and found["mirror"]["test"] == {}
    with pytest.raises(ValueError, match="c is None"):
        arcbatch.run_batt(BATT, mirror_tasks, c=())


def test_files_and_lists_of_them(tmp_path, mirror_tasks):
    path = tmp_path / "batt.py"
    path.write_text(BATT)
    both = arcbatch.run_batt([path, BATT], mirror_tasks)
    assert len(both) == 2 and both[0]["mirror"]["test"] == both[1]["mirror"]["test"]
    with pytest.raises(ValueError, match="cannot be used"):
        arcbatch.run_batt("def batt(:\n", mirror_tasks)


def test_a_call_that_raises_has_empty_lists(mirror_tasks, caplog):
    source = BATT.replace("t3 = t1(C)", "t3 = C(t1)")
    with caplog.at_level(logging.WARNING, "arcbatch"):
        found = arcbatch.run_batt(source, mirror_tasks)
    assert found["mirror"]["demo"][0] == {"o": [], "s": []}
    assert "TypeError" in caplog.text


def test_floats(mirror_tasks):
    source = BATT.replace("o.append((8, False, 'none', t8))",
                          "t8 = uppermost(C)\n    o.append((8, False, 'none', (t8, t2)))")
    value = arcbatch.run_batt(source, mirror_tasks)["mirror"]["demo"][0]["o"][2][3]
    assert math.isnan(value[0]) and value[1] == (1, 2, 3, 4)
