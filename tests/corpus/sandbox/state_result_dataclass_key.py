# technique: a frozen dataclass as a dict key or set member has no plain form
# expected: rejected
from dataclasses import dataclass
@dataclass(frozen=True)
class K:
    x: int = 1
result = {K(): 1}
