# technique: brackets in strings and comments do not count
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "x = '" + "(" * 3000 + "'  # " + "[" * 3000 + "\nresult = len(x)"
