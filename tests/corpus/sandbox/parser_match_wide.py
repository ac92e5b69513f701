# technique: 1,000 cases
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "match 5:\n" + "".join(f"    case {i}:\n        result = {i}\n" for i in range(1000))
