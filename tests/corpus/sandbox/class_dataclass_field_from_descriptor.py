# technique: a descriptor hands dataclass a field whose name is Python text
# expected: rejected
import dataclasses as d
class Sly(type(d.field())):
    @property
    def name(self):
        return "a=[].append(__import__('os'))"
    @name.setter
    def name(self, value):
        pass
class Look:
    def __get__(self, instance, owner):
        return sly
sly = Sly(d.MISSING, d.MISSING, True, True, None, True, None, False)
@d.dataclass
class X:
    a: int = Look()
result = "ran"
