# technique: form feeds and vertical tabs between statements
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "x = 1\n\x0cresult = 2\n"
