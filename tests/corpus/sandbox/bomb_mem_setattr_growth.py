# technique: attributes without end on one object
# expected: contained: memory
class A:
    pass
a = A()
i = 0
while True:
    setattr(a, "x%d" % i, "y" * 1000)
    i += 1
