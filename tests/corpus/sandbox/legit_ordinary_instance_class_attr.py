# technique: BENIGN - ordinary program: instance class attr
# expected: accepted
# expect: [1, 1, 'A']
class A:
    registry = []
    def __init__(self): self.__class__.registry.append(self); type(self).last = 1
    def copy(self): return type(self).__new__(type(self))
a = A()
result = [len(A.registry), A.last, type(a.copy()).__name__]
