# technique: __format__ of ours returns a text that looks like a field
# expected: harmless
class A:
    def __format__(self, spec):
        return "{0.__class__}"
result = "{0}".format(A()) + format(A(), "x") + f"{A()}"
