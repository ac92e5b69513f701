# technique: print from __repr__, __hash__, key functions, generators and class bodies
# expected: contained: output
class A:
    for i in range(2000):
        print("class body " * 100)
    def __repr__(self):
        print("r" * 10 ** 6)
        return "A"
out = sorted([A() for _ in range(3)], key=lambda a: len(repr(a)))
result = 1
