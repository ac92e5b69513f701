# technique: types.sys (imported inside)
# expected: rejected
import types
result = str(types.DynamicClassAttribute) + str(types._GeneratorWrapper)
