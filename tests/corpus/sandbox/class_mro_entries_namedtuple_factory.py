# technique: typing.NamedTuple as a base is ordinary
# expected: harmless
from typing import NamedTuple
class P(NamedTuple):
    x: int
result = P(3).x
