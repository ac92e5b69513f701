# technique: an own subclass of ndarray calls super().__new__ with an object dtype
# expected: rejected
# modules: numpy
import numpy as np
x = ["target"]
class A(np.ndarray):
    def __new__(cls):
        return super().__new__(cls, (1,), "O", id(x).to_bytes(8, "little"))
result = "ESCAPED pointer forged" if A()[0] is x else "ran"
