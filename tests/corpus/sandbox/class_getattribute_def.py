# technique: __getattribute__ defined
# expected: rejected
class A:
    def __getattribute__(self, n):
        return n
result = A().x
