# The colours from the rarest to the commonest, one row of three each.
from dsl import *
from constants import *


def solve_a100000a(I):
    x1 = fgpartition(I)
    x2 = order(x1, size)
    x3 = apply(color, x2)
    x4 = rbind(repeat, THREE)
    O = apply(x4, x3)
    return O
