# technique: f-strings nested in format specs 150 deep
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = " + "f'{1:" * 60 + "}'" * 60
