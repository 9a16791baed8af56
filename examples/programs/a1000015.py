# Tall shapes become full blocks of grey, gaps of the others turn light blue.
from dsl import *
from constants import *


def solve_a1000015(I):
    x1 = objects(I, T, F, T)
    x2 = sfilter(x1, portrait)
    x3 = difference(x1, x2)
    x4 = mapply(backdrop, x2)
    x5 = mapply(delta, x3)
    x6 = fill(I, FIVE, x4)
    O = fill(x6, EIGHT, x5)
    return O
