"""Laws that values of arcbatch.dsl share with the Python values they stand for, at random."""

import copy
import operator
import pickle

from hypothesis import given, settings
from hypothesis import strategies as st

import arcbatch
from arcbatch.dsl import combine, difference, identity, insert, mapply, remove, totuple

INTS = st.one_of(st.integers(-3, 12), st.integers(-(2**62), 2**62))
LEAVES = st.one_of(INTS, st.booleans())
PAIRS = st.tuples(st.integers(-4, 40), st.integers(-4, 40))
CELLS = st.tuples(st.integers(0, 9), PAIRS)
ITEMS = st.recursive(
    st.one_of(LEAVES, PAIRS, CELLS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5).map(tuple), st.lists(inner, max_size=7).map(frozenset)
    ),
    max_leaves=20,
)
SETS = st.one_of(
    st.frozensets(PAIRS, max_size=40), st.frozensets(CELLS, max_size=40), st.frozensets(ITEMS)
)
TUPLES = st.one_of(
    st.lists(ITEMS, max_size=6).map(tuple),
    st.integers(1, 5).flatmap(
        lambda w: st.lists(
            st.lists(st.integers(-128, 127), min_size=w, max_size=w).map(tuple),
            min_size=1,
            max_size=6,
        ).map(tuple)
    ),
)


def _value(plain):
    """A value of the engine that equals `plain`, made anew: not the argument that comes back."""
    if isinstance(plain, frozenset):
        return difference(plain, frozenset())
    return combine(plain, ())


def _rebuilt(plain):
    """What the reference makes of `plain` where _value() asks the engine for it."""
    if isinstance(plain, frozenset):
        return frozenset(e for e in plain if e not in frozenset())
    return (*plain, *())


def _result(operation, *args):
    try:
        return operation(*args)
    except TypeError:
        return TypeError


@given(st.one_of(SETS, TUPLES))
@settings(max_examples=300, deadline=None)
def test_one_value(plain):
    value, expected = _value(plain), _rebuilt(plain)
    assert value == expected == value
    assert hash(value) == hash(expected)
    assert repr(value) == repr(expected) == repr(copy.copy(value))
    assert list(value) == list(expected) and len(value) == len(expected)
    assert bool(value) == bool(expected)
    assert repr(pickle.loads(pickle.dumps(value))) == repr(pickle.loads(pickle.dumps(expected)))
    assert isinstance(value, type(expected))
    assert all(item in value for item in expected)
    assert repr(totuple(value)) == repr(tuple(expected))


@given(st.one_of(SETS, TUPLES), st.one_of(SETS, TUPLES))
@settings(max_examples=300, deadline=None)
def test_two_values(a, b):
    x, y = _value(a), _value(b)
    a, b = _rebuilt(a), _rebuilt(b)
    for operation in (
        operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge, operator.or_,
        operator.and_, operator.sub, operator.xor, operator.add, operator.contains,
    ):  # fmt: skip
        expected = repr(_result(operation, a, b))
        assert repr(_result(operation, x, y)) == expected
        assert repr(_result(operation, x, b)) == expected
        assert repr(_result(operation, a, y)) == expected


@given(SETS, SETS, ITEMS)
@settings(max_examples=300, deadline=None)
def test_tables_go_over(a, b, item):
    """What Python makes of a value, and the engine of what Python made, keeps CPython's order."""
    x = _value(a)
    a = _rebuilt(a)
    mine, theirs = arcbatch.to_python(x), a
    for left, right in ((mine | b, theirs | b), (mine - b, theirs - b), (mine & b, theirs & b)):
        assert repr(left) == repr(right)
        assert repr(insert(item, left)) == repr(right.union(frozenset({item})))
        assert repr(remove(item, left)) == repr(frozenset(e for e in right if e != item))
        assert repr(combine(left, x)) == repr(frozenset((*right, *a)))


@given(st.frozensets(PAIRS, max_size=20))
@settings(max_examples=100, deadline=None)
def test_a_python_function_sees_python_values(patch):
    seen = []

    def two(location):
        seen.append(location)
        return frozenset({location, (location[1], location[0])})

    got = mapply(two, _value(patch))
    images = frozenset(frozenset({p, (p[1], p[0])}) for p in _rebuilt(patch))
    assert seen == list(_rebuilt(patch))
    assert repr(got) == repr(frozenset(e for c in images for e in c))
    assert identity(got) is got
