# technique: BENIGN - ordinary program: fractions egyptian
# expected: accepted
# expect: [[25, 757, 763309], [4, 2, 6, 7], Fraction(13, 4), Fraction(355, 113), Fraction(1, 2), 0.875, '-3/2', 4, Fraction(9, 16)]
from fractions import Fraction
import math
def egyptian(f):
    out = []
    while f:
        n = math.ceil(1 / f)
        out.append(n)
        f -= Fraction(1, n)
    return out
def continued(x, n=6):
    out = []
    for _ in range(n):
        a = math.floor(x)
        out.append(a)
        if x == a:
            break
        x = 1 / (x - a)
    return out
result = [egyptian(Fraction(5, 121))[:3], continued(Fraction(415, 93)), Fraction("3.25"), Fraction(math.pi).limit_denominator(113), Fraction(1, 3) + Fraction(1, 6), float(Fraction(7, 8)), str(Fraction(-6, 4)), round(Fraction(7, 2)), Fraction(3, 4) ** 2]
