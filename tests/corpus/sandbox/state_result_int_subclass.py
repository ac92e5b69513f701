# technique: int and bool-like subclasses
# expected: rejected
import enum
class E(enum.IntEnum):
    A = 1
result = {"a": E.A}
