# technique: staticmethod.__wrapped__ / __func__
# expected: rejected
class A:
    s = staticmethod(len)
result = str(A.s.__func__)
