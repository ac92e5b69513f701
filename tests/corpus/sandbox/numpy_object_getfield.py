# technique: getfield and setfield reinterpret bytes as objects
# expected: rejected
# modules: numpy
import numpy as np
x = ["target"]
a = np.array([id(x)], dtype="i8")
y = a.getfield("O")[0]
result = "ESCAPED pointer forged" if y is x else "ran"
