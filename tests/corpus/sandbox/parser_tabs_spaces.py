# technique: mixed tabs and spaces
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "if 1:\n\tx = 1\n        y = 2\nresult = 1"
