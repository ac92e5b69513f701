# technique: folding tuples and strings step by step
# expected: contained: memory
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = len(((((1,) * 100) * 100) * 100) * 100 * 100 * 100)"
