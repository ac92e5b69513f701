# technique: quotes and format specs nested in f-strings
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "w = 5\nresult = f'{\"a\":>{w}}{{}}{w!r:^{w}}'"
