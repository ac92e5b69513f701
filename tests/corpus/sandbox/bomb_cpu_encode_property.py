# technique: the encoder reads a dataclass whose property loops
# expected: contained: timeout
from dataclasses import dataclass
@dataclass
class A:
    x: int = 0
    def __getattr__(self, n):
        while True:
            pass
a = A()
del a.x
A.x = property(lambda self: sum(1 for _ in iter(int, 1)))
result = a
