# technique: a module
# expected: rejected
import math
result = [math]
