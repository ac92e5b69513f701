# technique: BENIGN - decimal contexts, quantize, rounding
# expected: accepted
# expect: [Decimal('2.68'), Decimal('100.00'), Decimal('0.3333'), Decimal('0.166667'), 'invalid', True, Decimal('1.5'), Decimal('-0')]
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, getcontext, localcontext
def money(x):
    return Decimal(x).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
with localcontext() as ctx:
    ctx.prec = 4
    third = Decimal(1) / 3
getcontext().prec = 6
sixth = Decimal(1) / 6
try:
    Decimal("x")
    bad = None
except InvalidOperation:
    bad = "invalid"
result = [money("2.675"), money("1e2"), third, sixth, bad, sum([Decimal("0.1")] * 3) == Decimal("0.3"), Decimal("1.50").normalize(), Decimal("-0")]
