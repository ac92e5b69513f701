# technique: soft hyphen in an attribute
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = ().__cla\u00adss__"
