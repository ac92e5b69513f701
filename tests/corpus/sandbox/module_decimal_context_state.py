# technique: getcontext().prec, setcontext and DefaultContext
# expected: contained: state
import decimal
decimal.getcontext().prec = 3
result = str(decimal.Decimal(1) / 3)
