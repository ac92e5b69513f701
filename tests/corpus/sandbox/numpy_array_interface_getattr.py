# technique: the same through __getattr__
# expected: harmless
# modules: numpy
import numpy as np
class A:
    def __getattr__(self, n):
        if n == "__array_interface__":
            return {"shape": (8,), "typestr": "|u1", "data": (id(self), True), "version": 3}
        raise AttributeError(n)
read = np.asarray(A()).tolist()
result = "ESCAPED memory read " + str(read) if isinstance(read, list) else "ran"
