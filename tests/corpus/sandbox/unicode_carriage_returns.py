# technique: lone carriage returns end lines: a hidden statement
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "x = 1 # comment\rresult = 'ran'\r\n"
