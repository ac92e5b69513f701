# technique: as_strided reads foreign memory
# expected: rejected
# modules: numpy
import numpy as np
result = np.lib.stride_tricks.as_strided(np.zeros(1), shape=(10 ** 6,), strides=(8,)).sum()
