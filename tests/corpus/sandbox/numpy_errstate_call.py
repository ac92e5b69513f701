# technique: errstate(call=...) only calls our function
# expected: harmless
# modules: numpy
import numpy as np
seen = []
with np.errstate(divide="call", call=lambda *a: seen.append(a[0])):
    np.array([1.0]) / 0
result = seen
