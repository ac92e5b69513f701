# technique: setattr on a library class
# expected: rejected
import datetime
import fractions
setattr(fractions.Fraction, "numerator", 3)
result = "ran"
