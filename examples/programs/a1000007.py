# Every shape gets a blue frame with yellow corners.
from dsl import *
from constants import *


def solve_a1000007(I):
    x1 = objects(I, F, F, T)
    x2 = apply(outbox, x1)
    x3 = merge(x2)
    x4 = fill(I, ONE, x3)
    x5 = mapply(corners, x2)
    O = fill(x4, FOUR, x5)
    return O
