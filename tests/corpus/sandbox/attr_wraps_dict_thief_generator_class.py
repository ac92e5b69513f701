# technique: as above with the class of a generator: its getset descriptors arrive as plain values
# expected: harmless
import functools
caught = []
class Catcher:
    def update(self, mapping):
        caught.extend(mapping)
class Thief:
    __slots__ = ()
    def __getattr__(self, name):
        return Catcher()
    def __setattr__(self, name, value):
        pass
functools.wraps(type(x for x in ()))(Thief())
names = [n for n in caught if n.startswith("gi_")]
result = "ESCAPED class dict keys " + str(names) if names else "ran"
