# technique: as above with a str subclass whose isidentifier() lies and whose __format__ injects
# expected: rejected
import dataclasses
class Liar(str):
    def isidentifier(self):
        return True
    def __format__(self, spec):
        return "y=[c for c in ().__class__.__base__.__subclasses__()]"
class A:
    x: int = 0
A.__dict__["__annotations__"][Liar("y")] = int
A = dataclasses.dataclass(A)
result = "ESCAPED text of ours compiled by dataclass"
