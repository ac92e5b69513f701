# technique: abstractmethod sets a mark on what it is given
# expected: harmless
import abc
import json
try:
    abc.abstractmethod(json.dumps)
except BaseException:
    pass
result = json.dumps([1])
