# technique: spaces that Python does not know
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result\u3000= 1"
