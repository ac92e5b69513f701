# technique: emoji with variation selectors and joiners in a text
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = len('\u2764\ufe0f')"
