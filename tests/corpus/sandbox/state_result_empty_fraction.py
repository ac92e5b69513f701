# technique: a Fraction made by __new__ of object has no numerator
# expected: harmless
import fractions
try:
    f = object.__new__(fractions.Fraction)
except TypeError:
    f = 0
result = f
