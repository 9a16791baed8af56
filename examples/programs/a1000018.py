# Rows that hold blue crossed with columns that hold red.
from dsl import *
from constants import *


def solve_a1000018(I):
    x1 = ofcolor(I, ONE)
    x2 = apply(first, x1)
    x3 = ofcolor(I, TWO)
    x4 = apply(last, x3)
    x5 = product(x2, x4)
    O = underfill(I, THREE, x5)
    return O
