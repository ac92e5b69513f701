# technique: self.__class__ of a class: Flag.__or__ gives out type
# expected: contained: error
from enum import Flag
class D:
    def __or__(self, other):
        return int
class X:
    _value_ = D()
class Y:
    _value_ = D()
result = "ESCAPED " + str(Flag.__or__(X, Y)("M", (), {}))
