# technique: private names of Protocol through an own class
# expected: rejected
from typing import Protocol
class P(Protocol):
    x: int
result = str(P._is_protocol) + str(P.__protocol_attrs__)
