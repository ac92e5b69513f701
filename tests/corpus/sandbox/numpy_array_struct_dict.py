# technique: the same through the instance dict of a namespace
# expected: harmless
# modules: numpy
import numpy as np
import types
o = types.SimpleNamespace(**{"__array_interface__": {"shape": (8,), "typestr": "|u1", "data": (id(len), True), "version": 3}})
read = np.asarray(o).tolist()
result = "ESCAPED memory read " + str(read) if isinstance(read, list) else "ran"
