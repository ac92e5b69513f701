# technique: class keyword _root lifts the ban on subclassing ForwardRef; its private names would be "own"
# expected: rejected
import typing
class F(typing.ForwardRef, _root=True):
    pass
result = "ESCAPED " + str(F("().__class__")._evaluate({}, {}, recursive_guard=frozenset()))
