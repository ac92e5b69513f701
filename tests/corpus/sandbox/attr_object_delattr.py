# technique: object.__delattr__ on what stands for a module
# expected: rejected
import math
object.__delattr__(math, "pi")
result = "ran"
