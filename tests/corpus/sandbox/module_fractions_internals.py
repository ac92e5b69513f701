# technique: fractions.re.enum
# expected: rejected
import fractions
result = str(fractions.re.enum)
