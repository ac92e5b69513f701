# technique: BENIGN - match on dotted enum members
# expected: accepted
# expect: ['OFF', 1, None]
from enum import Enum
class S(Enum):
    ON = 1
    OFF = 2
def flip(s):
    match s:
        case S.ON:
            return S.OFF
        case S.OFF:
            return S.ON
result = [flip(S.ON).name, flip(S.OFF).value, flip(3)]
