# technique: nonlocal at module level
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "nonlocal x\nresult = 1"
