# technique: register by getattr and by format of a string name
# expected: rejected
import abc
import collections
class Door(collections.namedtuple("Door", "gi_frame"), abc.ABC):
    pass
gen = (x for x in ())
getattr(Door, "reg" + "ister")(type(gen))
match gen:
    case Door(frame):
        result = "ESCAPED " + type(frame).__name__
