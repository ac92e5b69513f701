# technique: an ndarray subclass and a record array
# expected: rejected
# modules: numpy
import numpy as np
class A(np.ndarray):
    pass
result = np.zeros(3).view(A)
