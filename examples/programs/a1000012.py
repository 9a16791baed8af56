# Every green seed grows a diamond in two steps.
from dsl import *
from constants import *


def solve_a1000012(I):
    x1 = ofcolor(I, THREE)
    x2 = lbind(mapply, dneighbors)
    x3 = fork(combine, identity, x2)
    x4 = power(x3, TWO)
    x5 = x4(x1)
    O = underfill(I, EIGHT, x5)
    return O
