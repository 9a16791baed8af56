# Take out the grey lines, then the border.
from dsl import *
from constants import *


def solve_a1000010(I):
    x1 = compress(I)
    O = trim(x1)
    return O
