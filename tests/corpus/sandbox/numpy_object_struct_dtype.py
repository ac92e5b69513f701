# technique: an object inside a structured dtype over a buffer
# expected: rejected
# modules: numpy
import numpy as np
x = ["target"]
y = np.ndarray(shape=(1,), dtype=[("a", "O")], buffer=id(x).to_bytes(8, "little"))["a"][0]
result = "ESCAPED pointer forged" if y is x else "ran"
