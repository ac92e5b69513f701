# technique: arr.ctypes
# expected: rejected
# modules: numpy
import numpy as np
result = str(np.zeros(3).ctypes.data)
