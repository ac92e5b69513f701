# technique: a float literal with a giant exponent is infinity
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = 1e" + "9" * 300
