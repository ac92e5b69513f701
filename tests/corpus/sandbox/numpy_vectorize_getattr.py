# technique: np.vectorize(getattr)
# expected: rejected
# modules: numpy
import numpy as np
result = str(np.vectorize(getattr)(np.array([1], dtype=object), "__class__"))
