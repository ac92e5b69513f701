# technique: __init__ that dataclass wrote makes typing.Type[int] callable
# expected: rejected
from dataclasses import dataclass
from typing import Type
@dataclass
class P:
    _inst: bool
P.__init__(Type[int], True)
class X:
    pass
meta = Type[int]("M", (X,), {})
result = "ESCAPED " + str(meta)
