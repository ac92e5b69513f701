# technique: type(ABC) must not hand out ABCMeta
# expected: rejected
import abc
M = type(abc.ABC)
X = M("X", (object,), {"__getattribute__": lambda s, n: 1, "__class__": int})
result = "ESCAPED " + str(type(X()))
