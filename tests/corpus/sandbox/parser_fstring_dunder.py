# technique: a dunder inside an f-string inside a format spec
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = f'{1:{().__class__}}'"
