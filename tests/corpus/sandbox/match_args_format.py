# technique: a str subclass with __match_args__ = ("format",) reads the real str.format
# expected: rejected
import random
class S(str):
    __match_args__ = ("format",)
match S("{0.__class__.__mro__}"):
    case S(real):
        result = "ESCAPED " + real(random)
