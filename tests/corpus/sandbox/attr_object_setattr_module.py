# technique: object.__setattr__ must keep to the rules of setattr
# expected: rejected
import math
object.__setattr__(math, "pi", 3)
result = "ESCAPED" if math.pi == 3 else "ran"
