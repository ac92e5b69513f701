# technique: the type statement
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "type X = ().__class__\nresult = str(X.__value__)"
