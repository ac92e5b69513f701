# technique: a field that is a new object at every reading
# expected: contained: timeout
from dataclasses import dataclass
@dataclass
class A:
    x: object = None
def grow(self):
    return A2()
@dataclass
class A2:
    x: object = None
A2.x = property(lambda self: A2.__new__(A2), lambda self, v: None)
result = A2()
