# Of three panels, the most colourful one.
from dsl import *
from constants import *


def solve_a1000011(I):
    x1 = hsplit(I, THREE)
    O = argmax(x1, numcolors)
    return O
