# technique: the redirect of an enum member read raw and put on another class
# expected: rejected
import enum
from collections import namedtuple
class Mine(namedtuple("B", "gi_frame"), enum.Enum):
    pass
E = Mine("E", {"gi_frame": (1,)})
class Y:
    pass
Y.g = vars(E)["gi_frame"]
def g():
    yield
y = Y()
y._value_ = g()
result = "ESCAPED " + str(y.g) if "frame" in str(type(y.g)) else 1 / 0
