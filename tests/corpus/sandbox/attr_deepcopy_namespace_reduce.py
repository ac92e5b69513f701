# technique: the same forgery without __dict__: SimpleNamespace(**{...})
# expected: rejected
import copy
import types
def victim(x=1):
    return x
forged = types.SimpleNamespace(**{"__reduce_ex__": lambda protocol: (lambda: victim, (), (None, {"__defaults__": (99,)}))})
copy.deepcopy(forged)
result = "ESCAPED raw setattr of __defaults__" if victim() == 99 else "ran"
