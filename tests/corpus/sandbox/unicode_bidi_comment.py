# technique: right-to-left override in a comment (Trojan Source)
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "x = 1  # \u202e } \u2066if admin\u2069\nresult = x"
