# technique: arr.tofile
# expected: rejected
# modules: numpy
import numpy as np
np.zeros(3).tofile(CANARY)
result = "ESCAPED"
