# technique: 1,000 alternatives
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "match 5:\n    case " + " | ".join(str(i) for i in range(1000)) + ":\n        result = 1"
