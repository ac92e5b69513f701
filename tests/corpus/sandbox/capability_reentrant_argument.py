# technique: encoding an argument calls another capability
# expected: harmless
from dataclasses import dataclass
@dataclass
class A:
    x: object = None
A.x = property(lambda self: lookup("inner"))
try:
    note(A.__new__(A))
    result = "ran"
except Exception as e:
    result = type(e).__name__
