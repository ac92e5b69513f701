# technique: dunders in annotations of parameters, returns, variables
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "def f(a: ().__class__, *b: (1).__class__, **c: ''.__class__) -> [].__class__:\n    y: {}.__class__ = 1\n    return y\nresult = f(1)"
