# Every hook of three blue cells that points this way turns red.
from dsl import *
from constants import *


def solve_a100000e(I):
    x1 = initset(RIGHT)
    x2 = insert(DOWN, x1)
    x3 = insert(ORIGIN, x2)
    x4 = recolor(ONE, x3)
    x5 = occurrences(I, x4)
    x6 = lbind(shift, x4)
    x7 = mapply(x6, x5)
    O = fill(I, TWO, x7)
    return O
