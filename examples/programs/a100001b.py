# The tile that the wallpaper repeats.
from dsl import *
from constants import *


def solve_a100001b(I):
    x1 = asobject(I)
    x2 = hperiod(x1)
    x3 = vperiod(x1)
    x4 = astuple(x3, x2)
    O = crop(I, ORIGIN, x4)
    return O
