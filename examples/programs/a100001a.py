# More blue than red: upside down; otherwise left to right.
from dsl import *
from constants import *


def solve_a100001a(I):
    x1 = colorcount(I, ONE)
    x2 = colorcount(I, TWO)
    x3 = greater(x1, x2)
    x4 = hmirror(I)
    x5 = vmirror(I)
    O = branch(x3, x4, x5)
    return O
