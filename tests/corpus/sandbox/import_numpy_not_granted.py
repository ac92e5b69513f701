# technique: numpy without the policy
# expected: rejected
import numpy as np
result = int(np.zeros(3).sum())
