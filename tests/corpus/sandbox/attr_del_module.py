# technique: del module.attr
# expected: rejected
import math
del math.pi
result = "ran"
