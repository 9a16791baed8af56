# The largest shape turns red and the smallest one disappears.
from dsl import *
from constants import *


def solve_a1000002(I):
    x1 = objects(I, T, F, T)
    x2 = argmax(x1, size)
    x3 = recolor(TWO, x2)
    x4 = paint(I, x3)
    x5 = argmin(x1, size)
    O = cover(x4, x5)
    return O
