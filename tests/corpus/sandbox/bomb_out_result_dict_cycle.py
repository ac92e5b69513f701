# technique: a cycle through dict, tuple and dataclass
# expected: contained: output
from dataclasses import dataclass
@dataclass
class A:
    d: object
d = {}
d["x"] = (A(d),)
result = d
