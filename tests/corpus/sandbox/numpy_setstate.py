# technique: arr.__setstate__ and __array_interface__
# expected: rejected
# modules: numpy
import numpy as np
result = str(np.zeros(1).__array_interface__)
