# The red shape slides until it touches the blue block and leaves a shadow.
from dsl import *
from constants import *


def solve_a100000d(I):
    x1 = ofcolor(I, TWO)
    x2 = ofcolor(I, ONE)
    x3 = gravitate(x1, x2)
    x4 = toobject(x1, I)
    x5 = move(I, x4, x3)
    O = underfill(x5, FIVE, x1)
    return O
