# technique: __match_args__ = ("_os",) with a virtual subclass
# expected: rejected
import abc
import random
class Door(abc.ABC):
    __match_args__ = ("_os",)
Door.register(type(random))
match random:
    case Door(o):
        result = "ESCAPED " + str(o)
