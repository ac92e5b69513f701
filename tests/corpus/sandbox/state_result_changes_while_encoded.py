# technique: a property of one field changes the list that is being encoded
# expected: harmless
from dataclasses import dataclass
xs = [1, 2, 3]
@dataclass
class A:
    x: object = None
def prop(self):
    xs.extend([4] * 100)
    return 1
A.x = property(prop)
xs.append(A.__new__(A))
result = xs
