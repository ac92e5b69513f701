# technique: the same with typing.NamedTuple
# expected: rejected
import abc
import typing
class Base(typing.NamedTuple):
    gi_frame: object
class Door(Base, abc.ABC):
    pass
gen = (x for x in ())
Door.register(type(gen))
match gen:
    case Door(frame):
        result = "ESCAPED " + type(frame).__name__
