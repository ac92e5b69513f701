# technique: np.f2py, np.distutils, np.info, np.source
# expected: rejected
# modules: numpy
import numpy as np
result = str(np.info)
