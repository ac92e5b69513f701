# technique: BENIGN - Fraction arithmetic and limit_denominator
# expected: accepted
# expect: [Fraction(11, 12), 11, '11/6', 0.125, Fraction(311, 99), Fraction(25, 12)]
from fractions import Fraction
f = Fraction(3, 4) + Fraction("1/6")
result = [f, f.numerator, str(f * 2), float(Fraction(1, 8)), Fraction(3.14159).limit_denominator(100), sum(Fraction(1, n) for n in range(1, 5))]
