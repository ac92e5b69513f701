# technique: BENIGN - ordinary program: json encoder types
# expected: accepted
# expect: ['{"d": "2024-01-02", "k": "a", "m": "1.50", "p": {"x": 1}, "s": [1, 3], "u": "00000000-0000-0000-0000-000000000005", "é": "ü"}', {'X': 1}, 'Object of type object is not JSON serializable', ('Expecting value', 6, 1, 7), '[\n  1,\n  2\n]', '{"a": Infinity}', '"a"']
import json
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID
class Kind(Enum):
    A = "a"
@dataclass
class P:
    x: int
class Enc(json.JSONEncoder):
    def default(self, o):
        if is_dataclass(o) and not isinstance(o, type):
            return asdict(o)
        if isinstance(o, (date, datetime)):
            return o.isoformat()
        if isinstance(o, Enum):
            return o.value
        if isinstance(o, (Decimal, UUID)):
            return str(o)
        if isinstance(o, (set, frozenset)):
            return sorted(o)
        return super().default(o)
data = {"p": P(1), "d": date(2024, 1, 2), "k": Kind.A, "m": Decimal("1.50"), "u": UUID(int=5), "s": {3, 1}, "é": "ü"}
text = json.dumps(data, cls=Enc, sort_keys=True, ensure_ascii=False)
back = json.loads(text, object_hook=lambda d: {k.upper(): v for k, v in d.items()}, parse_float=Decimal)
try:
    json.dumps({"x": object()}, cls=Enc)
except TypeError as e:
    err = str(e)
try:
    json.loads('{"a": }')
except json.JSONDecodeError as e:
    bad = (e.msg, e.pos, e.lineno, e.colno)
result = [text, back["P"], err, bad, json.dumps([1, 2], indent=2), json.dumps({"a": float("inf")}), json.dumps("a", separators=(",", ":"))]
