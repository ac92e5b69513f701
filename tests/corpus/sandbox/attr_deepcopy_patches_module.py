# technique: forged reduce value: setattr on what stands for a module
# expected: rejected
import copy
import math
import types
forged = types.SimpleNamespace(**{"__reduce_ex__": lambda protocol: (lambda: math, (), {"pi": 3})})
copy.deepcopy(forged)
result = "ESCAPED patched math" if math.pi == 3 else "ran"
