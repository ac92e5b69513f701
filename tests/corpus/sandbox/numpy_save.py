# technique: np.save writes
# expected: rejected
# modules: numpy
import numpy as np
np.save(CANARY, np.zeros(3))
result = "ESCAPED"
