# technique: numpy.fromfile, memmap, save
# expected: rejected
# modules: numpy
import numpy as np
result = np.fromfile(CANARY, dtype="u1").tolist()
