# technique: np.zeros(10**12) and a chain of outer products
# expected: contained: memory
# modules: numpy
import numpy as np
a = np.ones(10 ** 5)
result = float(np.outer(a, a).sum())
