# technique: the same with the open of io
# expected: rejected
import enum
class Mine(enum.Enum):
    pass
E = getattr(Mine, "_con" + "vert_")("E", "io", filter=lambda n: n == "open")
result = "ESCAPED " + str(E.open.value)
