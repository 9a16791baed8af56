# Every shape steps down by its own height.
from dsl import *
from constants import *


def solve_a100001d(I):
    x1 = objects(I, T, F, T)
    x2 = compose(toivec, height)
    x3 = fork(shift, identity, x2)
    x4 = mapply(x3, x1)
    x5 = merge(x1)
    x6 = cover(I, x5)
    O = paint(x6, x4)
    return O
