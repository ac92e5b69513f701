# technique: getattr(E, "_convert_") makes members of the globals of os: a member's value is the module sys
# expected: rejected
import enum
class Mine(enum.Enum):
    pass
E = getattr(Mine, "_con" + "vert_")("E", "os", filter=lambda n: n == "sys")
result = "ESCAPED " + str(E.sys.value.modules["os"])
