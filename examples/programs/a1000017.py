# Green cells rule their row in blue, then yellow cells their column in red.
from dsl import *
from constants import *


def solve_a1000017(I):
    x1 = ofcolor(I, THREE)
    x2 = mapply(hfrontier, x1)
    x3 = ofcolor(I, FOUR)
    x4 = mapply(vfrontier, x3)
    x5 = underfill(I, ONE, x2)
    O = fill(x5, TWO, x4)
    return O
