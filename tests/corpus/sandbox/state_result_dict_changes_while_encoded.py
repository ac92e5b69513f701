# technique: the same with a dict
# expected: harmless
from dataclasses import dataclass
d = {"a": 1}
@dataclass
class A:
    x: object = None
def prop(self):
    d[len(d)] = 1
    return 1
A.x = property(prop)
d["z"] = A.__new__(A)
result = d
