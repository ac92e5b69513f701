# technique: a cookie naming a codec that runs code
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "# coding: unicode_escape\nresult = 1\n#\\u000aresult = 'ESCAPED by cookie'"
