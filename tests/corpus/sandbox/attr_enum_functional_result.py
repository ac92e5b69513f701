# technique: a member with forged special methods as the result
# expected: rejected
import enum
E = enum.Enum("E", {"A": 1, "__class__": property(lambda self: int), "__int__": lambda self: 1})
result = E.A
