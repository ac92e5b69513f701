# technique: type(EnumClass) must not hand out EnumType
# expected: rejected
import enum
class E(enum.Enum):
    A = 1
M = type(E)
result = "ESCAPED " + str(M("X", (), {}))
