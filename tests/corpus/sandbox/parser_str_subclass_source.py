# technique: a str subclass as source
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = type("S", (str,), {"__len__": lambda s: 1})("result = 1")
