# technique: integer literals with underscores and giant exponents in floats
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = [" + ",".join(["1_0" * 20] * 500) + "]" if False else "result = 1_0_0"
