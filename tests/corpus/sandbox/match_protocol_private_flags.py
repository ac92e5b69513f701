# technique: _is_protocol set in the body of a class that also is a namedtuple: structural isinstance with foreign names
# expected: rejected
import collections
from typing import Protocol
class P(Protocol):
    def close(self): ...
class Door(collections.namedtuple("Door", "gi_frame"), P):
    _is_protocol = True
    _is_runtime_protocol = True
gen = (x for x in ())
match gen:
    case Door(frame):
        result = "ESCAPED " + type(frame).__name__
    case _:
        result = 1 / 0
