# technique: BENIGN - json object_hook and error position
# expected: accepted
# expect: [2, (1, True, True)]
import json
from types import SimpleNamespace
ns = json.loads('{"a": {"b": [1, {"c": 2}]}}', object_hook=lambda d: SimpleNamespace(**d))
try:
    json.loads('{"a": 1,}')
    where = None
except json.JSONDecodeError as e:
    where = (e.lineno, e.pos > 0, e.msg != "")
result = [ns.a.b[1].c, where]
