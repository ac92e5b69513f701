# technique: comparing dtype.fields hands out the dictionary that numpy reads memory by
# expected: rejected
# modules: numpy
import numpy as np
class Sly:
    def __eq__(self, other):
        other["f0"] = (np.dtype("i8"), 1 << 20)
        return True
dtype = np.dtype([("f0", "i8"), ("f1", "i8")])
getattr(dtype, "fie" + "lds") == Sly()
result = "ESCAPED " + str(np.zeros(1, dtype)["f0"][0])
