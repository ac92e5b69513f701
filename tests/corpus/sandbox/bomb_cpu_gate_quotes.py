# technique: 64 KiB of quotes: a scanner that backtracks takes for ever
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "'\"" * 30000
