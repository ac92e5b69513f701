# technique: case str(format=f) reads str.format without an attribute node
# expected: rejected
import random
match "{0.__class__.__mro__}":
    case str(format=f):
        result = "ESCAPED " + f(random)
