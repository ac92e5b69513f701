# technique: for-target stores into a module
# expected: rejected
import math
for math.pi in [3]:
    pass
result = "ESCAPED" if math.pi == 3 else "ran"
