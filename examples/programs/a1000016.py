# Grey shapes are numbered from the left by their colours.
from dsl import *
from constants import *


def solve_a1000016(I):
    x1 = objects(I, T, F, T)
    x2 = order(x1, leftmost)
    x3 = size(x2)
    x4 = increment(x3)
    x5 = interval(ONE, x4, ONE)
    x6 = mpapply(recolor, x5, x2)
    O = paint(I, x6)
    return O
