# technique: other sunder names of enums by split names
# expected: rejected
import enum
class Mine(enum.Enum):
    A = 1
result = "LEAK:" + str(getattr(Mine, "_member_" + "map_"))
