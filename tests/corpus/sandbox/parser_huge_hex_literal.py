# technique: a hexadecimal literal of 50,000 digits
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = 0x" + "f" * 50000 + " > 0"
