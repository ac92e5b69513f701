# technique: self.__class__ of a class with three arguments
# expected: contained: error
from collections import ChainMap
class X:
    maps = ((), {"__match_args__": ("gi_frame",)})
result = "ESCAPED " + str(ChainMap.new_child(X, "M"))
