# technique: abc.ABCMeta(name, bases, dict) is the three-argument type
# expected: rejected
import abc
X = abc.ABCMeta("X", (object,), {"__match_args__": ("gi_frame",)})
result = "ESCAPED " + X.__name__
