# technique: a pattern reads tofile
# expected: rejected
# modules: numpy
import numpy as np
match np.zeros(3):
    case object(tofile=f):
        f(CANARY)
        result = "ESCAPED"
