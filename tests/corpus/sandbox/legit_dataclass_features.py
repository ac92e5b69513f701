# technique: BENIGN - dataclass: defaults, replace, asdict, fields, kw_only, InitVar, slots
# expected: accepted
# expect: ["Item(name='a', qty=2, tags=[], total=30.0)", {'name': 'a', 'qty': 2, 'price': 1.5, 'tags': [], 'total': 30.0}, ('b', 2, 1.5, [], 3.0), ['name', 'qty', 'price', 'tags', 'total'], 'EUR']
from dataclasses import InitVar, asdict, astuple, dataclass, field, fields, replace
from typing import ClassVar
@dataclass(kw_only=True, slots=True)
class Item:
    name: str
    qty: int = 1
    price: float = field(default=0.0, repr=False)
    tags: list[str] = field(default_factory=list)
    factor: InitVar[int] = 1
    unit: ClassVar[str] = "EUR"
    total: float = field(init=False)
    def __post_init__(self, factor):
        self.total = self.qty * self.price * factor
i = Item(name="a", qty=2, price=1.5, factor=10)
result = [repr(i), asdict(i), astuple(replace(i, name="b", factor=1)), [f.name for f in fields(i)], Item.unit]
