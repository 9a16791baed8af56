# Blue shapes that touch the red square turn green.
from dsl import *
from constants import *


def solve_a1000019(I):
    x1 = objects(I, T, F, T)
    x2 = colorfilter(x1, TWO)
    x3 = first(x2)
    x4 = remove(x3, x1)
    x5 = rbind(adjacent, x3)
    x6 = mfilter(x4, x5)
    O = fill(I, THREE, x6)
    return O
