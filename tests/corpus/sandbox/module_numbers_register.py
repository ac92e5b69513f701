# technique: numbers.Number.register(str)
# expected: contained: state
import numbers
try:
    numbers.Number.register(str)
except BaseException:
    pass
result = 1
