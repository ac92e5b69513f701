# technique: a property of the library called on a class
# expected: contained: error
from collections import ChainMap
class X:
    maps = (0, int)
result = "ESCAPED " + str(ChainMap.parents.fget(X)("M", (), {}))
