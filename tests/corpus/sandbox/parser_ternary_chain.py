# technique: nested conditional expressions
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = " + "1 if 1 else " * 5000 + "1"
