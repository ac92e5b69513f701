# technique: duplicate parameters
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "def f(a, a):\n    return a\nresult = f(1, 2)"
