# technique: BENIGN - ordinary program: decimal invoice
# expected: accepted
# expect: [Decimal('259.985'), Decimal('49.40'), Decimal('309.38'), [Decimal('103.12'), Decimal('103.13'), Decimal('103.13')], Decimal('0.33333'), '309.38', -2, '0.1428571428571428571428571429', Decimal('1E+3'), True, Decimal('0.667')]
from decimal import ROUND_HALF_EVEN, Context, Decimal, getcontext, localcontext
getcontext().prec = 28
lines = [("Widget", 3, Decimal("19.99")), ("Gadget", 1, Decimal("0.015")), ("Service", 2, Decimal("100"))]
cent = Decimal("0.01")
net = sum((q * p for _, q, p in lines), Decimal())
vat = (net * Decimal("0.19")).quantize(cent, ROUND_HALF_EVEN)
gross = (net + vat).quantize(cent)
def split(amount, n):
    base = (amount / n).quantize(cent)
    parts = [base] * n
    i = 0
    while sum(parts) != amount:
        step = cent if sum(parts) < amount else -cent
        parts[i % n] += step
        i += 1
    return parts
with localcontext() as ctx:
    ctx.prec = 5
    third = Decimal(1) / Decimal(3)
result = [net, vat, gross, split(gross, 3), third, f"{gross:,}", gross.as_tuple().exponent, str(Decimal(1) / Decimal(7)), Decimal("1E+3").normalize(), Decimal("NaN").is_nan(), Context(prec=3).divide(Decimal(2), Decimal(3))]
