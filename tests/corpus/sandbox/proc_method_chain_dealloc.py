# technique: bound methods of bound methods
# expected: contained: crash
class A:
    def m(self):
        return self
x = A()
for _ in range(500000):
    y = A()
    y.inner = x.m
    x = y
x = None
result = 1
