# technique: augmented assignment on a module
# expected: rejected
import math
math.pi += 1
result = "ESCAPED" if math.pi > 4 else "ran"
