# technique: an own class with __array_interface__ points numpy at any address
# expected: rejected
# modules: numpy
import numpy as np
class A:
    __array_interface__ = {"shape": (8,), "typestr": "|u1", "data": (4096, True), "version": 3}
result = np.array(A()).tolist()
