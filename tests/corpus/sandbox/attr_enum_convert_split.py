# technique: _convert_ by a split name on an own Enum
# expected: rejected
import enum
class Mine(enum.Enum):
    pass
E = getattr(Mine, "_con" + "vert_")("E", "os", filter=lambda n: n == "environ")
result = "ESCAPED " + str(E)
