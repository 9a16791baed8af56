# An upside-down copy on the right, then both mirrored below.
from dsl import *
from constants import *


def solve_a1000001(I):
    x1 = hmirror(I)
    x2 = hconcat(I, x1)
    x3 = vmirror(x2)
    O = vconcat(x2, x3)
    return O
