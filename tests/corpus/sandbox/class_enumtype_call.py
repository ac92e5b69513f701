# technique: enum.EnumMeta as a class maker
# expected: rejected
import enum
X = enum.EnumMeta("X", (), {})
result = "ESCAPED"
