# Every shape gets a twin to its right, one column apart.
from dsl import *
from constants import *


def solve_a100001e(I):
    x1 = objects(I, T, F, T)
    x2 = chain(tojvec, increment, width)
    x3 = fork(shift, identity, x2)
    x4 = mapply(x3, x1)
    O = underpaint(I, x4)
    return O
