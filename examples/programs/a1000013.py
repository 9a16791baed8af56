# Shapes of three cells turn green, shapes of four are removed.
from dsl import *
from constants import *


def solve_a1000013(I):
    x1 = objects(I, T, F, T)
    x2 = matcher(size, THREE)
    x3 = mfilter(x1, x2)
    x4 = fill(I, THREE, x3)
    x5 = sizefilter(x1, FOUR)
    x6 = merge(x5)
    O = cover(x4, x6)
    return O
