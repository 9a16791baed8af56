# The shape that occurs only once, cut out.
from dsl import *
from constants import *


def solve_a100001c(I):
    x1 = objects(I, T, F, T)
    x2 = totuple(x1)
    x3 = apply(normalize, x2)
    x4 = leastcommon(x3)
    x5 = shape(x4)
    x6 = canvas(ZERO, x5)
    O = paint(x6, x4)
    return O
