# technique: self.__class__ of a class: Counter.copy gives out type
# expected: contained: error
from collections import Counter
result = "ESCAPED " + str(Counter.copy(int)("M", (), {}))
