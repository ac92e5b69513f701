# technique: BENIGN - ordinary program: future division
# expected: accepted
# expect: 3.5
from __future__ import division, print_function
result = 7 / 2
