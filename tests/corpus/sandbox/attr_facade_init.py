# technique: calling __init__ of what stands for a module again
# expected: rejected
import math
math.__init__("math", {"pi": 3})
result = "ESCAPED" if math.pi == 3 else "ran"
