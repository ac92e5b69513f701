# technique: 64 KiB of opening brackets in strings and comments that never close
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "x = '" + "(" * 30000 + "\n" + "((((" * 5000
