# technique: U+2028 and NEL are no line ends to Python
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "x = 'a\u2028b\x85c'\nresult = len(x)"
