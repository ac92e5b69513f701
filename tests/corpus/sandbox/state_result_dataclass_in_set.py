# technique: a frozen dataclass in a set
# expected: rejected
from dataclasses import dataclass
@dataclass(frozen=True)
class K:
    x: int = 1
result = {K()}
