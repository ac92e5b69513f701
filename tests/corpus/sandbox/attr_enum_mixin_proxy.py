# technique: an enum made by a call, with a base that no class statement may have
# expected: rejected
import enum
from types import GenericAlias
class Mine(enum.Enum):
    pass
E = Mine("E", {"A": (int, (int,))}, type=GenericAlias)
result = "ran"
