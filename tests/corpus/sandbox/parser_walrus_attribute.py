# technique: walrus on an attribute is no Python
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "import math\n(math.pi := 3)\nresult = 1"
