# technique: one bad name among good ones
# expected: rejected
from math import pi, floor, __loader__
result = pi
