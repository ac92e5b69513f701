# technique: an object array as result
# expected: rejected
# modules: numpy
import numpy as np
result = np.array([len, lambda: 0], dtype=object)
