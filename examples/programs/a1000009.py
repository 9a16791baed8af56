# Above the line blue, below it red: green where both are, orange where only the upper is.
from dsl import *
from constants import *


def solve_a1000009(I):
    x1 = tophalf(I)
    x2 = bottomhalf(I)
    x3 = ofcolor(x1, ONE)
    x4 = ofcolor(x2, TWO)
    x5 = intersection(x3, x4)
    x6 = difference(x3, x4)
    x7 = shape(x1)
    x8 = canvas(ZERO, x7)
    x9 = fill(x8, THREE, x5)
    O = fill(x9, SEVEN, x6)
    return O
