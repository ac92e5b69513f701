# technique: BENIGN - ordinary program: property function
# expected: accepted
# expect: [4, 'The x']
class A:
    def get(self): return self._x
    def put(self, v): self._x = v
    x = property(get, put, doc="The x")
a = A(); a.x = 4
result = [a.x, A.x.__doc__]
