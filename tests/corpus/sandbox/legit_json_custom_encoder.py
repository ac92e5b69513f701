# technique: BENIGN - json with default= and an encoder class
# expected: accepted
# expect: [True, '{\n  "d": "2024-02-29",\n  "x": "1.50",\n  "s": [\n    1,\n    3\n  ]\n}', '{"s":[1]}']
import json
from datetime import date
from decimal import Decimal
class Encoder(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, date):
            return o.isoformat()
        if isinstance(o, Decimal):
            return str(o)
        return super().default(o)
data = {"d": date(2024, 2, 29), "x": Decimal("1.50"), "s": {3, 1}}
try:
    json.dumps(data, cls=Encoder)
    failed = False
except TypeError:
    failed = True
data["s"] = sorted(data["s"])
result = [failed, json.dumps(data, cls=Encoder, indent=2), json.dumps({"s": {1}}, default=list, separators=(",", ":"))]
