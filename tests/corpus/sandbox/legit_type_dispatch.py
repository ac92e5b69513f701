# technique: BENIGN - dispatch tables keyed by type(x)
# expected: accepted
# expect: "[1,'a',null,{k:[2024-01-01,1.0]}]"
from datetime import date
from decimal import Decimal
def dump(v):
    table = {int: str, str: repr, list: lambda x: "[" + ",".join(map(dump, x)) + "]", type(None): lambda _: "null", date: lambda d: d.isoformat(), Decimal: str, dict: lambda d: "{" + ",".join(f"{k}:{dump(x)}" for k, x in d.items()) + "}"}
    return table[type(v)](v)
result = dump([1, "a", None, {"k": [date(2024, 1, 1), Decimal("1.0")]}])
