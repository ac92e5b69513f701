# technique: f()()()... 20,000 times
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "def f():\n    return f\nresult = f" + "()" * 20000
