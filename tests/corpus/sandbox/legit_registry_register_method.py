# technique: BENIGN - a plugin registry with a classmethod called register, an ABC with one too
# expected: accepted
# expect: ['ran a', ['b', 'c']]
from abc import ABC, abstractmethod
class Registry:
    def __init__(self):
        self.items = {}
    def register(self, name):
        def deco(cls):
            self.items[name] = cls
            return cls
        return deco
class Plugin(ABC):
    known = {}
    @classmethod
    def register(cls, name, fn):
        cls.known[name] = fn
    @abstractmethod
    def run(self): ...
registry = Registry()
@registry.register("a")
class A(Plugin):
    def run(self):
        return "ran a"
Plugin.register("b", len)
A.register("c", max)
result = [registry.items["a"]().run(), sorted(Plugin.known)]
