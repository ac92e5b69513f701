# technique: isolates in a string literal
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = 'user\u2066\u2069'"
