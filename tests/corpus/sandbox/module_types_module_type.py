# technique: types.ModuleType
# expected: rejected
import types
result = "ESCAPED " + str(types.ModuleType("os"))
