# technique: __array_struct__ and __array__ through __getattr__
# expected: harmless
# modules: numpy
import numpy as np
class A:
    def __getattr__(self, n):
        if n == "__array__":
            return lambda *a, **k: np.arange(3)
        raise AttributeError(n)
result = np.array(A()).tolist() == [0, 1, 2] or "ran"
