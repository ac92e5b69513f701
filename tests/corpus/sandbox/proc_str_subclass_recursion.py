# technique: __str__ and __repr__ calling each other through str()
# expected: contained: recursion
class A:
    def __str__(self):
        return str(self)
result = str(A())
