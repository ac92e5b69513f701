# technique: 1+1+1 ... 30,000 times
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = " + "+".join(["1"] * 30000)
