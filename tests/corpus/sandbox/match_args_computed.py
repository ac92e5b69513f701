# technique: __match_args__ from an expression
# expected: rejected
class A:
    __match_args__ = tuple(["gi_" + "frame"])
result = "ran"
