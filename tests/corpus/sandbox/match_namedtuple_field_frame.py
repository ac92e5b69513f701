# technique: a namedtuple field called gi_frame becomes a pattern position
# expected: rejected
import abc
import collections
class Door(collections.namedtuple("Door", "gi_frame"), abc.ABC):
    pass
gen = (x for x in ())
Door.register(type(gen))
match gen:
    case Door(frame):
        result = "ESCAPED " + type(frame).__name__
