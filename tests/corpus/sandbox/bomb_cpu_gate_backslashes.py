# technique: 64 KiB of backslashes before a quote
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "x = '" + "\\" * 60001
