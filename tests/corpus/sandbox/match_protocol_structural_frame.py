# technique: a runtime_checkable Protocol needs no registration: whoever has gi_frame is an instance
# expected: rejected
from typing import Protocol, runtime_checkable
@runtime_checkable
class Door(Protocol):
    __match_args__ = ("gi_frame",)
    gi_frame: object
gen = (x for x in ())
match gen:
    case Door(frame):
        result = "ESCAPED " + type(frame).__name__
