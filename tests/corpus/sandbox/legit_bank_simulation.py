# technique: BENIGN - a larger program: classes, errors, formatting, sorting
# expected: accepted
# expect: [Decimal('70.25'), Decimal('30.25'), ('bob lacks 68.75', 'bob', Decimal('99')), 'ann', ['from ann']]
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
class Overdraft(Exception):
    def __init__(self, account, amount):
        self.account, self.amount = account, amount
        super().__init__(f"{account.owner} lacks {amount - account.balance:.2f}")
@dataclass
class Entry:
    day: date
    amount: Decimal
    note: str = ""
@dataclass
class Account:
    owner: str
    entries: list[Entry] = field(default_factory=list)
    @property
    def balance(self) -> Decimal:
        return sum((e.amount for e in self.entries), Decimal(0))
    def post(self, day, amount, note=""):
        amount = Decimal(amount)
        if amount < 0 and self.balance + amount < 0:
            raise Overdraft(self, -amount)
        self.entries.append(Entry(day, amount, note))
    def __lt__(self, other):
        return self.balance < other.balance
def transfer(a, b, amount, day):
    a.post(day, -Decimal(amount), f"to {b.owner}")
    b.post(day, amount, f"from {a.owner}")
ann, bob = Account("ann"), Account("bob")
ann.post(date(2024, 1, 1), "100.50", "salary")
transfer(ann, bob, "30.25", date(2024, 1, 2))
try:
    transfer(bob, ann, 99, date(2024, 1, 3))
    failed = None
except Overdraft as e:
    failed = (str(e), e.account.owner, e.amount)
result = [ann.balance, bob.balance, failed, max(ann, bob).owner, [e.note for e in bob.entries]]
