# Everything floats to the top, the higher colours first.
from dsl import *
from constants import *


def solve_a1000004(I):
    x1 = rbind(order, invert)
    x2 = dmirror(I)
    x3 = apply(x1, x2)
    O = dmirror(x3)
    return O
