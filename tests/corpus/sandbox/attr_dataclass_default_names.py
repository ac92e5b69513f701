# technique: field names that collide with the names dataclass uses itself
# expected: harmless
from dataclasses import dataclass, field
@dataclass
class A:
    _dflt_x: int = 1
    x: int = 2
    MISSING: int = 3
    _HAS_DEFAULT_FACTORY: int = 4
    BUILTINS: int = 5
result = [A().x, A().MISSING, A().BUILTINS]
