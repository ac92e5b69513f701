# technique: np.frombuffer(dtype=object) forges pointers
# expected: rejected
# modules: numpy
import numpy as np
result = str(np.frombuffer(b"\x41" * 8, dtype="O"))
