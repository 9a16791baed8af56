# Two cells of one colour are joined by a line of that colour.
from dsl import *
from constants import *


def solve_a1000005(I):
    x1 = fgpartition(I)
    x2 = fork(connect, ulcorner, lrcorner)
    x3 = fork(recolor, color, x2)
    x4 = mapply(x3, x1)
    O = underpaint(I, x4)
    return O
