# technique: decorators are any expression: a subscript of a call chain
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "@(lambda f: f).__globals__['x']\ndef f():\n    pass\nresult = 1"
