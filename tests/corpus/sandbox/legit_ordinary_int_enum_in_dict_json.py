# technique: BENIGN - ordinary program: int enum in dict json
# expected: accepted
# expect: '{"p": 1, "k": [1]}'
import json
from enum import IntEnum
class P(IntEnum):
    A = 1
result = json.dumps({"p": P.A, "k": [P.A]})
