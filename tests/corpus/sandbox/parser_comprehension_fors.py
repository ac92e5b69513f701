# technique: a comprehension with 2,000 for clauses
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = [1 " + "for x in [1] " * 2000 + "]"
