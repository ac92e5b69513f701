# technique: np.load by getattr with a split name
# expected: rejected
# modules: numpy
import numpy as np
result = str(getattr(np, "lo" + "ad"))
