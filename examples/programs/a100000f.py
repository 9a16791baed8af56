# Where a line across meets a line down, the crossing is marked.
from dsl import *
from constants import *


def solve_a100000f(I):
    x1 = frontiers(I)
    x2 = sfilter(x1, hline)
    x3 = sfilter(x1, vline)
    x4 = mapply(toindices, x2)
    x5 = mapply(toindices, x3)
    x6 = intersection(x4, x5)
    O = fill(I, SEVEN, x6)
    return O
