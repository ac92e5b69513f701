# technique: a dunder in a lambda default inside a decorator argument
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "def d(x):\n    return lambda f: f\n@d(lambda y=().__class__: y)\ndef f():\n    pass\nresult = 1"
