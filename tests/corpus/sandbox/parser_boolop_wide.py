# technique: 5,000 operands of one `and` are flat
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = " + " and ".join(["1"] * 5000)
