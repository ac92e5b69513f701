# technique: self.__class__ of a class: ChainMap.new_child makes a metaclass
# expected: contained: error
from collections import ChainMap
class X:
    maps = ()
meta = ChainMap.new_child(X, X)
result = "ESCAPED " + str(meta("M", (meta,), {}))
