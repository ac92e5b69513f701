# technique: BENIGN - ordinary program: money class currency
# expected: accepted
# expect: ['12.60 EUR', ['33.33', '33.33', '33.34'], Decimal('4.00'), 'EUR vs USD', True, '2.3', {'amount': Decimal('7.50'), 'currency': 'EUR'}]
from __future__ import annotations
from dataclasses import dataclass
from decimal import Decimal
from functools import total_ordering
from operator import add
from functools import reduce
class CurrencyMismatch(TypeError):
    def __init__(self, a, b): super().__init__(f"{a} vs {b}")
@total_ordering
@dataclass(frozen=True, eq=True)
class Money:
    amount: Decimal
    currency: str = "EUR"
    def __post_init__(self):
        object.__setattr__(self, "amount", Decimal(str(self.amount)).quantize(Decimal(".01")))
    def _check(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)
    def __add__(self, other: Money) -> Money:
        self._check(other)
        return Money(self.amount + other.amount, self.currency)
    def __mul__(self, k) -> Money: return Money(self.amount * Decimal(str(k)), self.currency)
    def __lt__(self, other: Money) -> bool:
        self._check(other)
        return self.amount < other.amount
    def __format__(self, spec): return f"{self.amount:,.2f} {self.currency}" if not spec else format(self.amount, spec)
    def allocate(self, *ratios: int) -> list[Money]:
        total, left, out = sum(ratios), self.amount, []
        for r in ratios[:-1]:
            part = (self.amount * r / total).quantize(Decimal(".01"))
            out.append(Money(part, self.currency)); left -= part
        return [*out, Money(left, self.currency)]
try:
    Money(1) + Money(1, "USD")
except CurrencyMismatch as e: err = str(e)
total = reduce(add, [Money(10), Money("2.5"), Money(0.1)])
result = [f"{total}", [str(m.amount) for m in Money(100).allocate(1, 1, 1)], max(Money(3), Money(4)).amount, err, Money(1) == Money("1.00"), f"{Money(2.345):.1f}", Money(5) * 1.5]
