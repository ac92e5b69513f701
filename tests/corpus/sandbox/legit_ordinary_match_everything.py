# technique: BENIGN - ordinary program: match everything
# expected: accepted
# expect: [14, 0, ['const', 'neg -5', 'num', 'num', 'digits', 'empty', 'str', 'empty seq', 'one 1', 'same ends', 'pair 12 +1', "pt 1,2 ['z']", 'disc 2.0', 'map', 'set 1', 'complex', 'tuple']]
from dataclasses import dataclass
from enum import Enum
class Op(Enum):
    ADD = "+"
    MUL = "*"
@dataclass
class Num:
    v: float
@dataclass
class Bin:
    op: Op
    left: "Num | Bin"
    right: "Num | Bin"
def ev(e):
    match e:
        case Num(v) | Num(v=v):
            return v
        case Bin(Op.ADD, l, r):
            return ev(l) + ev(r)
        case Bin(op=Op.MUL, left=Num(0), right=_) | Bin(op=Op.MUL, left=_, right=Num(0)):
            return 0
        case Bin(Op.MUL, l, r):
            return ev(l) * ev(r)
def kind(x):
    match x:
        case None | True | False:
            return "const"
        case int(n) if n < 0:
            return f"neg {n}"
        case int() | float():
            return "num"
        case str(s) if s.isdigit():
            return "digits"
        case "" | b"":
            return "empty"
        case str():
            return "str"
        case [] | ():
            return "empty seq"
        case [x]:
            return f"one {x}"
        case [first, *_, last] if first == last:
            return "same ends"
        case [[a, b], *rest]:
            return f"pair {a}{b} +{len(rest)}"
        case {"type": "point", "pos": [x, y], **rest}:
            return f"pt {x},{y} {sorted(rest)}"
        case {"type": ("circle" | "disc") as t, "r": float(r)}:
            return f"{t} {r}"
        case {}:
            return "map"
        case set() as s:
            return f"set {len(s)}"
        case _:
            return type(x).__name__
tree = Bin(Op.ADD, Num(2), Bin(Op.MUL, Num(3), Num(4)))
xs = [None, -5, 3, 2.5, "12", "", "ab", [], [1], [1, 2, 1], [(1, 2), 3], {"type": "point", "pos": (1, 2), "z": 0}, {"type": "disc", "r": 2.0}, {"q": 1}, {1}, 1j, (1, 2)]
result = [ev(tree), ev(Bin(Op.MUL, Num(0), tree)), [kind(x) for x in xs]]
