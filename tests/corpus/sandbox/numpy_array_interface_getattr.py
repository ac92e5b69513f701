# technique: the same through __getattr__
# expected: rejected
# modules: numpy
import numpy as np
class A:
    def __getattr__(self, n):
        if n == "__array_interface__":
            return {"shape": (8,), "typestr": "|u1", "data": (id(self), True), "version": 3}
        raise AttributeError(n)
result = "ESCAPED memory read " + str(np.asarray(A()).tolist())
