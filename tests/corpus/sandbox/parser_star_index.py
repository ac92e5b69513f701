# technique: a dunder inside x[*y]
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "x = {}\nresult = x[*().__class__.__mro__]"
