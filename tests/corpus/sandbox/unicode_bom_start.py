# technique: a byte order mark at the start
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "\ufeffresult = 1"
