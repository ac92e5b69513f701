# technique: __debug__ = 1
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "__debug__ = 1\nresult = 1"
