# technique: comprehension target stores into a module
# expected: rejected
import math
result = [0 for math.tau in [1]]
