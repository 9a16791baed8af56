# Keep what the two halves agree on; blue turns pink, differences turn grey.
from dsl import *
from constants import *


def solve_a1000008(I):
    x1 = lefthalf(I)
    x2 = righthalf(I)
    x3 = cellwise(x1, x2, FIVE)
    O = replace(x3, ONE, SIX)
    return O
