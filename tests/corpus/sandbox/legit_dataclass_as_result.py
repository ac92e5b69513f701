# technique: BENIGN - a dataclass instance as result becomes a dict
# expected: accepted
# expect: {'inner': {'a': 1, 'b': (1, 2)}, 'many': [{'a': 2, 'b': ()}]}
from dataclasses import dataclass
@dataclass
class Inner:
    a: int
    b: tuple = (1, 2)
@dataclass
class Outer:
    inner: Inner
    many: list
result = Outer(Inner(1), [Inner(2, ())])
