# technique: an enum's member reads AttributeError.obj: the real type
# expected: rejected
from collections import namedtuple
from enum import Enum
from typing import Type
class Mine(namedtuple("B", "obj"), Enum):
    pass
E = Mine("E", {"obj": (1,)})
try:
    Type[int].foo
except AttributeError as e:
    E.obj._value_ = e
result = "ESCAPED " + str(E.obj.obj)
