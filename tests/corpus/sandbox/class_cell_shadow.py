# technique: nonlocal __class__ inside a method
# expected: rejected
class A:
    def f(self):
        nonlocal __class__
        __class__ = int
        return super()
result = str(A().f())
