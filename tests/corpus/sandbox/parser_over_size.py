# technique: one byte over the cap, counted in UTF-8
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = '" + "é" * 33000 + "'"
