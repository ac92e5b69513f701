# technique: signalling NaN, infinities and negative zero
# expected: harmless
from decimal import Decimal
result = [Decimal("sNaN123"), Decimal("-Infinity"), Decimal("-0")]
