# technique: subclassing the class of what stands for a module
# expected: rejected
import math
class Own(type(math)):
    pass
result = "ran"
