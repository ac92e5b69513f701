# technique: an own subclass of SimpleNamespace with __getattr__ and the interface in its dict
# expected: harmless
# modules: numpy
import numpy as np
import types
class A(types.SimpleNamespace):
    def __getattr__(self, n):
        if n == "__array_interface__":
            return {"shape": (8,), "typestr": "|u1", "data": (id(len), True), "version": 3}
        raise AttributeError(n)
read = np.array(A()).tolist()
result = "ESCAPED memory read " + str(read) if isinstance(read, list) else "ran"
