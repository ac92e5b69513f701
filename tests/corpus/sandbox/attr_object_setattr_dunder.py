# technique: object.__setattr__(self, "__class__", ...)
# expected: rejected
class A:
    pass
class B:
    pass
a = A()
object.__setattr__(a, "__cl" + "ass__", B)
result = "ran"
