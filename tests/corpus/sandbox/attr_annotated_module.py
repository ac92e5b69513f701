# technique: annotated assignment on a module
# expected: rejected
import math
math.pi: int = 3
result = "ESCAPED" if math.pi == 3 else "ran"
