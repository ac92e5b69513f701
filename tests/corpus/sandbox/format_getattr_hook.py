# technique: {0.name} on an own object calls its own __getattr__
# expected: harmless
class A:
    def __getattr__(self, n):
        return "got " + n
result = "{0.anything}".format(A())
