# technique: numpy.ctypeslib, numpy.lib, numpy.testing
# expected: rejected
# modules: numpy
import numpy as np
result = str(np.ctypeslib)
