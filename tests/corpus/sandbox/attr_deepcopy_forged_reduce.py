# technique: deepcopy asks the instance for __reduce_ex__; a key in self.__dict__ forges it and slot state is set with the raw setattr
# expected: rejected
import copy
class Target:
    pass
class Evil:
    def __init__(self):
        self.__dict__["__reduce_ex__"] = lambda protocol: (lambda: Target, (), (None, {"__match_args__": ("gi_frame",)}))
copy.deepcopy(Evil())
result = "ESCAPED raw setattr of a dunder on a class"
