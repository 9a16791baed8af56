# Every red cell shines along one diagonal, behind the grey cells.
from dsl import *
from constants import *


def solve_a1000006(I):
    x1 = ofcolor(I, TWO)
    x2 = rbind(shoot, UP_RIGHT)
    x3 = rbind(shoot, DOWN_LEFT)
    x4 = fork(combine, x2, x3)
    x5 = mapply(x4, x1)
    O = underfill(I, THREE, x5)
    return O
