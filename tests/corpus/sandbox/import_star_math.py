# technique: from math import *
# expected: rejected
from math import *
result = pi
