# technique: an ABC with __match_args__ = ("gi_frame",) registers the class of generators: the pattern reads the frame
# expected: rejected
import abc
class Door(abc.ABC):
    __match_args__ = ("gi_frame",)
gen = (x for x in ())
Door.register(type(gen))
match gen:
    case Door(frame):
        result = "ESCAPED " + type(frame).__name__
