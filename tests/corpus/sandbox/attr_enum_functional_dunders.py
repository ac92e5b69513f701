# technique: Enum("E", {...}) accepts dunder keys and so defines any special method
# expected: harmless
import enum
E = enum.Enum("E", {"A": 1, "__class__": property(lambda self: int), "__reduce_ex__": lambda self, p: (print, ("ESCAPED",))})
result = isinstance(E.A, int)
