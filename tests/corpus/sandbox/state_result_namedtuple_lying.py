# technique: a namedtuple subclass with lying _fields and __iter__ crosses as its items, or not at all
# expected: harmless
import collections
class P(collections.namedtuple("P", "x y")):
    def __iter__(self):
        return iter([len])
result = P(1, 2)
