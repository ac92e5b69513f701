# technique: np.ndarray.__new__ with an object dtype and a buffer
# expected: rejected
# modules: numpy
import numpy as np
x = ["target"]
y = np.ndarray.__new__(np.ndarray, (1,), np.dtype("O"), bytearray(id(x).to_bytes(8, "little")))[0]
result = "ESCAPED pointer forged" if y is x else "ran"
