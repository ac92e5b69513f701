# technique: Fraction powers grow without end
# expected: contained: timeout
from fractions import Fraction
f = Fraction(3, 7)
while True:
    f = f * f + Fraction(1, 3)
