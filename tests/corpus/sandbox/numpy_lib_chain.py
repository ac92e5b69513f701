# technique: np.lib.npyio
# expected: rejected
# modules: numpy
import numpy as np
result = str(np.lib.npyio)
