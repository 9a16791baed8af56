# The colour at the heart of the tallest block.
from dsl import *
from constants import *


def solve_a1000014(I):
    x1 = objects(I, F, F, T)
    x2 = rbind(argmax, height)
    x3 = lbind(index, I)
    x4 = chain(x3, center, x2)
    x5 = x4(x1)
    O = canvas(x5, UNITY)
    return O
