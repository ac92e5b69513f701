# technique: an integer literal of 60,000 digits
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = " + "9" * 60000
