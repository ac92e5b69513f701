# technique: a forged copy state writes a dunder attribute
# expected: contained: error
import copy
class X:
    pass
class B:
    pass
x = X()
x.__dict__["__reduce_ex__"] = lambda protocol: (X, (), (None, {"__class__": B}))
result = "ESCAPED" if type(copy.deepcopy(x)) is B else "ran"
