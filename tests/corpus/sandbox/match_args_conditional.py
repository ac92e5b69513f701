# technique: __match_args__ through a conditional expression, a walrus and augmented assignment
# expected: rejected
class A:
    __match_args__ = ()
    __match_args__ += ("gi_frame",)
result = "ran"
