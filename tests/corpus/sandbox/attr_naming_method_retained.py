# technique: a retained __setattr__ of one object is called for another
# expected: rejected
import math
class A:
    pass
store = object.__setattr__
a = A()
store(a, "x", 1)
store(math, "pi", 3)
result = "ESCAPED" if math.pi == 3 else "ran"
