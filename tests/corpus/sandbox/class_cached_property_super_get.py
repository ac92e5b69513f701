# technique: super().__get__ of a descriptor with a foreign object
# expected: rejected
from functools import cached_property
from typing import Type
class Thief(cached_property):
    def __get__(self, instance, owner):
        return super().__get__(Type[int], None)
class X:
    stolen = Thief(len)
X.stolen
result = "ran"
