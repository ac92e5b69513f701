# technique: DefaultContext changed by the program
# expected: harmless
import decimal
try:
    decimal.DefaultContext.prec = 2
except BaseException:
    pass
result = "ran"
