# technique: __get__ that an own class inherits reads the dictionary of a foreign object
# expected: rejected
from functools import cached_property
from typing import Type
class Thief(cached_property):
    pass
thief = Thief(len)
thief.attrname = "__ori" + "gin__"
result = "ESCAPED " + str(thief.__get__(Type[int], None)("X", (), {}))
