# technique: a subclass of an enum's property reads any attribute
# expected: harmless
import enum
import json
class E(int, enum.Enum):
    real = 1
raw = vars(E).get("real")
found = None
if raw is not None and not isinstance(raw, E):
    class S(type(raw)):
        pass
    s = S()
    s._attr_type, s.name, s.fget = "desc", "__globals__", None
    class Y:
        pass
    Y.g = s
    y = Y()
    y._value_ = json.dumps
    found = y.g
result = "ESCAPED " + str(found) if found else "ran"
