# technique: a byte order mark inside
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "x = 1\n\ufeffresult = 1"
