# technique: __class__ cell read inside a method
# expected: rejected
class A:
    def f(self):
        return __class__
result = str(A().f())
