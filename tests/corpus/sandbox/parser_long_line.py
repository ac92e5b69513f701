# technique: one line of 60,000 characters
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = len('" + "a" * 60000 + "')"
