# technique: resize under a view must be refused by numpy
# expected: harmless
# modules: numpy
import numpy as np
a = np.zeros(10)
b = a[2:]
try:
    a.resize(10 ** 6)
    result = float(b.sum())
except ValueError:
    result = "refused"
