# technique: an invalid escape and ~True warn inside, not in the host
# expected: contained: state
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = ['\\\\d' , '\\d', ~True]"
