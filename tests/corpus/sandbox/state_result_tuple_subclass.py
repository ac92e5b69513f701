# technique: a tuple subclass that is no namedtuple
# expected: harmless
class T(tuple):
    _fields = ("a",)
    def __iter__(self):
        return iter([len])
result = T([1])
