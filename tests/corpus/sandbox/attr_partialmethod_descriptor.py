# technique: partialmethod asks its function for __get__: an own __getattr__ may answer
# expected: harmless
import functools
class F:
    def __getattr__(self, n):
        if n == "__get__":
            return lambda obj, cls: (lambda *a: "own")
        raise AttributeError(n)
class A:
    m = functools.partialmethod(F(), 1)
result = A().m()
