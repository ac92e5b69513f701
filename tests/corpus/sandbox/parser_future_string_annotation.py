# technique: under `from __future__ import annotations` a dunder stays refused
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "from __future__ import annotations\ndef f(a: ().__class__):\n    return a\nresult = f(1)"
