# technique: operator.methodcaller through an alias of the module
# expected: rejected
import operator as op
result = op.methodcaller("__subclasses__")(object)
