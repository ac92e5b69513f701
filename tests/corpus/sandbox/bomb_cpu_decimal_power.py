# technique: Decimal power at a high precision
# expected: contained: timeout
import decimal
decimal.getcontext().prec = 5000000
result = str(decimal.Decimal(2) ** decimal.Decimal("0.5"))[:3]
