# technique: __get__ is called with an abstract class before its tuple of names is taken away
# expected: rejected
from abc import ABC, abstractmethod
from collections import namedtuple
found = []
def g():
    yield
live = g()
class Look:
    def __get__(self, instance, owner):
        if not found:
            found.append(1)
            owner.register(type(live))
            match live:
                case owner(x):
                    found.append(x)
        return 5
class Base(ABC):
    @abstractmethod
    def f(self):
        pass
class P(namedtuple("B", "gi_frame"), Base):
    f = Look()
result = "ESCAPED " + str(found[1])
