# technique: singledispatchmethod is the same
# expected: rejected
import functools
class A:
    @functools.singledispatchmethod
    def f(self, x):
        return 1
    @f.register
    def g(self, x: "[c for c in ().__class__.__mro__][0]"):
        return 2
result = "ESCAPED " + str(A().f(()))
