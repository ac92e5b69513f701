# technique: 5,000 implicit string pieces
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = len(" + "'a' " * 5000 + ")"
