# technique: wraps() calls wrapper.__dict__.update(wrapped.__dict__): a slotted wrapper with __getattr__ receives the dict of `object`
# expected: rejected
import functools
caught = []
class Catcher:
    def update(self, mapping):
        caught.append(mapping)
class Thief:
    __slots__ = ()
    def __getattr__(self, name):
        return Catcher()
    def __setattr__(self, name, value):
        pass
functools.wraps(object)(Thief())
read = caught[0]["__getattribute__"]
frame = read((x for x in ()), "gi_" + "frame")
result = "ESCAPED frame by object.__getattribute__ " + str(type(frame).__name__)
