# technique: types.CodeType / FunctionType
# expected: rejected
import types
result = "ESCAPED " + str(types.CodeType)
