# technique: np.ndarray(buffer=..., strides=...) reads foreign memory
# expected: rejected
# modules: numpy
import numpy as np
x = ["target"]
y = np.ndarray(shape=(1,), dtype="O", buffer=id(x).to_bytes(8, "little"))[0]
result = "ESCAPED pointer forged" if y is x else "ran"
