# technique: __init__ of a frozen dataclass stores on a module
# expected: rejected
import math
from dataclasses import dataclass
@dataclass(frozen=True)
class P:
    sqrt: object
getattr(P, "__in" + "it__")(math, lambda x: "ESCAPED")
result = math.sqrt(4)
