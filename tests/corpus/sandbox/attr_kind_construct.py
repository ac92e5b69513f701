# technique: type(types.FunctionType) makes look-alikes of any class
# expected: rejected
import types
K = type(types.FunctionType)
result = "ran:" + str(isinstance(1, K("x", int)))
