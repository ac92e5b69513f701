# technique: __bool__/__len__/__getattr__ that call themselves through C
# expected: contained: recursion
class A:
    def __getattr__(self, n):
        return getattr(self, n + "x")
result = A().q
