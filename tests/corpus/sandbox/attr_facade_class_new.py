# technique: type(module) makes another module
# expected: rejected
import math
result = "LEAK:" + str(type(math)("os"))
