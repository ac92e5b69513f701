# technique: type(A().m) is the method class: bind anything to anything
# expected: harmless
class A:
    def m(self):
        return self
M = type(A().m)
result = "ran:" + str(M(len, [1, 2])())
