# technique: zero-width joiner in an identifier
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "a\u200db = 1\nresult = a\u200db"
