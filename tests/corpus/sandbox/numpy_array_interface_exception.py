# technique: the interface on an exception, a function, a partial, a dict subclass
# expected: harmless
# modules: numpy
import functools
import numpy as np
class E(Exception):
    def __init__(self):
        self.__dict__["__array_interface__"] = {"shape": (8,), "typestr": "|u1", "data": (id(len), True), "version": 3}
class D(dict):
    def __init__(self):
        self.__dict__["__array_interface__"] = {"shape": (8,), "typestr": "|u1", "data": (id(len), True), "version": 3}
out = [read for read in (np.array(E()).tolist(), np.array(D()).tolist()) if isinstance(read, list)]
result = "ESCAPED memory read " + str(out) if out else "ran"
