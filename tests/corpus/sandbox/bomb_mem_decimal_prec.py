# technique: Decimal at MAX_PREC
# expected: contained: memory
import decimal
decimal.getcontext().prec = decimal.MAX_PREC
result = str(decimal.Decimal(1) / 3)[:5]
