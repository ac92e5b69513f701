# technique: a Generator subclass that is a namedtuple is no class of generators
# expected: harmless
import collections
import collections.abc
class Door(collections.namedtuple("Door", "gi_frame"), collections.abc.Iterable):
    pass
gen = (x for x in ())
match gen:
    case Door(frame):
        result = "ESCAPED " + type(frame).__name__
    case _:
        result = "ran"
