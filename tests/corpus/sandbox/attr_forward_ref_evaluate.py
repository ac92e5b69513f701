# technique: typing.ForwardRef(...)._evaluate evaluates text
# expected: rejected
import typing
F = typing.ForwardRef("().__class__.__base__")
result = "ESCAPED " + str(F._evaluate({}, {}, frozenset()))
