# technique: an unterminated f-string
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = f'{x!'"
