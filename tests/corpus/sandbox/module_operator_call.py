# technique: operator.call(getattr...) keeps to the guard
# expected: rejected
import operator
import functools
result = str(functools.reduce(getattr, ["__class__", "__mro__"], 1))
