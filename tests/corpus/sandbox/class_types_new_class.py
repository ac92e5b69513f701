# technique: types.new_class(exec_body=...)
# expected: rejected
import types
X = types.new_class("X", (object,), {}, lambda ns: ns.update({"__getattribute__": lambda s, n: 1}))
result = "ESCAPED " + str(X().anything)
