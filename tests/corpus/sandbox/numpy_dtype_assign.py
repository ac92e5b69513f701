# technique: arr.dtype = object
# expected: rejected
# modules: numpy
import numpy as np
x = ["target"]
a = np.array([id(x)], dtype="i8")
a.dtype = "O"
result = "ESCAPED pointer forged" if a[0] is x else "ran"
