# technique: strides beyond the buffer
# expected: rejected
# modules: numpy
import numpy as np
result = int(np.ndarray(shape=(64,), dtype="u1", buffer=b"ab", strides=(1024,)).sum())
