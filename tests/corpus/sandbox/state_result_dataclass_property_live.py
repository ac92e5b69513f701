# technique: a field that is turned into a property returning a live object
# expected: rejected
from dataclasses import dataclass
@dataclass
class A:
    x: object = None
A.x = property(lambda self: len)
result = A.__new__(A)
