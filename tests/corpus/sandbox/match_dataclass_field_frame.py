# technique: @dataclass makes __match_args__ of its field names; the field is called gi_frame
# expected: rejected
import abc
from dataclasses import dataclass
@dataclass
class Door(abc.ABC):
    gi_frame: object
gen = (x for x in ())
Door.register(type(gen))
match gen:
    case Door(frame):
        result = "ESCAPED " + type(frame).__name__
