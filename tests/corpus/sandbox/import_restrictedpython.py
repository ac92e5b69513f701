# technique: RestrictedPython is loaded in the worker
# expected: rejected
from RestrictedPython import compile_restricted
result = "ESCAPED " + str(compile_restricted)
