# technique: backslashes split an attribute chain
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = ()\\\n.\\\n__class__\\\n.__base__"
