# technique: self.__class__ of a class: UserDict.__or__ gives out type
# expected: contained: error
from collections import UserDict
class D:
    def __or__(self, other):
        return int
class X:
    data = D()
result = "ESCAPED " + str(UserDict.__or__(X, {})("M", (), {}))
