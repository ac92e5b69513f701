# technique: class X(*bases) with ordinary bases
# expected: harmless
class A:
    x = 1
bases = [A]
class X(*bases):
    pass
result = X.x
