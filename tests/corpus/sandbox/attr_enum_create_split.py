# technique: EnumType._create_ by a split name: raw class maker of the library
# expected: rejected
import enum
class Mine(enum.Enum):
    pass
E = getattr(Mine, "_create" + "_")("E", "A B", module="os", qualname="x")
result = "ran " + E.__name__
