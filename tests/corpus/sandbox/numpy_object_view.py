# technique: an integer array viewed as objects forges pointers
# expected: rejected
# modules: numpy
import numpy as np
result = str(np.array([1234567]).view("O"))
