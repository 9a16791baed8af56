# Rooms with an even number of cells turn yellow, the others pink.
from dsl import *
from constants import *


def solve_a100000c(I):
    x1 = objects(I, T, F, F)
    x2 = colorfilter(x1, ZERO)
    x3 = rbind(bordering, I)
    x4 = compose(flip, x3)
    x5 = sfilter(x2, x4)
    x6 = compose(even, size)
    x7 = mfilter(x5, x6)
    x8 = merge(x5)
    x9 = fill(I, SIX, x8)
    O = fill(x9, FOUR, x7)
    return O
