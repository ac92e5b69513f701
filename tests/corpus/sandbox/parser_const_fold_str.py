# technique: constant folding of repeated strings
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = len('a' * 4096 * 4096) if False else 1"
