# technique: overlapping object and integer fields in one dtype
# expected: rejected
# modules: numpy
import numpy as np
x = ["target"]
t = np.dtype({"names": ["i", "o"], "formats": ["i8", "O"], "offsets": [0, 0]})
a = np.zeros(1, t)
a["i"] = id(x)
result = "ESCAPED pointer forged" if a["o"][0] is x else "ran"
