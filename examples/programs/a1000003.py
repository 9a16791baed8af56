# Cut out the one shape that is its own mirror image.
from dsl import *
from constants import *


def solve_a1000003(I):
    x1 = objects(I, T, F, T)
    x2 = fork(equality, identity, vmirror)
    x3 = extract(x1, x2)
    O = subgrid(x3, I)
    return O
