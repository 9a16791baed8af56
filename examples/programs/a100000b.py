# Half the size, blue and red exchanged: two turned copies above the same two upside down.
from dsl import *
from constants import *


def solve_a100000b(I):
    x1 = downscale(I, TWO)
    x2 = switch(x1, ONE, TWO)
    x3 = rot90(x2)
    x4 = rot270(x2)
    x5 = hconcat(x3, x4)
    x6 = rot180(x5)
    O = vconcat(x5, x6)
    return O
