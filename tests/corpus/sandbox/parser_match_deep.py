# technique: a pattern nested beyond the cap
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "match 5:\n    case " + "[" * 150 + "x" + "]" * 150 + ":\n        pass\nresult = 1"
