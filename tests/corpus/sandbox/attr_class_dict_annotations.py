# technique: A.__dict__["__annotations__"] is a live dict: dataclass() makes source text of its keys
# expected: rejected
import dataclasses
class A:
    x: int = 0
A.__dict__["__annotations__"]["y=print('hi'), z"] = int
dataclasses.dataclass(A)
result = "ESCAPED text of ours compiled by dataclass"
