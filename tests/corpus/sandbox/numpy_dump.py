# technique: arr.dump and dumps pickle
# expected: rejected
# modules: numpy
import numpy as np
result = np.zeros(1).dumps()
