# technique: global after use
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "def f():\n    x = 1\n    global x\nf()\nresult = 1"
