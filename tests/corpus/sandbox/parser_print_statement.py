# technique: Python 2
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "print 'x'\nresult = 1"
