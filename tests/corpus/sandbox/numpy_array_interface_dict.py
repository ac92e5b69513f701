# technique: __array_interface__ in the dict of an own instance
# expected: harmless
# modules: numpy
import numpy as np
class A:
    def __init__(self):
        self.__dict__["__array_interface__"] = {"shape": (8,), "typestr": "|u1", "data": (id(len), True), "version": 3}
read = np.array(A()).tolist()
result = "ESCAPED memory read " + str(read) if isinstance(read, list) else "ran"
