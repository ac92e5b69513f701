# technique: a private attribute inside a slice target
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "import random\nx = [1, 2]\nx[random._os:] = [3]\nresult = x"
