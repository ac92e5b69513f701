# technique: a chain of 10,000 attributes
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "x = 1\nresult = x" + ".real" * 10000
