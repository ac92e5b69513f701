# technique: a Decimal with a giant exponent and one with 5 million digits
# expected: contained: output
from decimal import Decimal
result = [Decimal("1e999999999999999999"), Decimal("1" * 5000000)]
