# technique: BENIGN - match on dataclasses and nested data
# expected: accepted
# expect: [14, 'unknown ?']
from dataclasses import dataclass
@dataclass
class Num:
    value: float
@dataclass
class Op:
    kind: str
    left: object
    right: object
def ev(e):
    match e:
        case Num(v):
            return v
        case Op("+", l, r):
            return ev(l) + ev(r)
        case Op(kind="*", left=l, right=r):
            return ev(l) * ev(r)
        case Op(k, _, _):
            raise ValueError(f"unknown {k}")
try:
    ev(Op("?", 1, 2))
except ValueError as e:
    bad = str(e)
result = [ev(Op("+", Num(2), Op("*", Num(3), Num(4)))), bad]
