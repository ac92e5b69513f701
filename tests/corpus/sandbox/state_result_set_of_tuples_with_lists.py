# technique: values that cannot be hashed by the host never reach a set
# expected: harmless
from collections import namedtuple
P = namedtuple("P", "x")
result = {P(1), P(2)}
