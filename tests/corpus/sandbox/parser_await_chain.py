# technique: await without async, many times
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = " + "await " * 10000 + "1"
