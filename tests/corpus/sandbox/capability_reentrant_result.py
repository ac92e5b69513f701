# technique: encoding the result calls a capability
# expected: harmless
from dataclasses import dataclass
@dataclass
class A:
    x: object = None
A.x = property(lambda self: lookup("late"))
result = A.__new__(A)
