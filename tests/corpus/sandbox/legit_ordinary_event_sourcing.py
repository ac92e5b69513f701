# technique: BENIGN - ordinary program: event sourcing
# expected: accepted
# expect: [{'balance': 35, 'version': 3, '_events': [{'at': datetime.datetime(2024, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), 'amount': 10}, {'at': datetime.datetime(2024, 1, 1, 1, 0, tzinfo=datetime.timezone.utc), 'amount': 5}, {'at': datetime.datetime(2024, 1, 1, 2, 0, tzinfo=datetime.timezone.utc), 'amount': 30}]}, True, '2024-01-01T02:00:00+00:00', 'Account(balance=35, version=3)']
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Protocol
@dataclass(frozen=True)
class Event:
    at: datetime
@dataclass(frozen=True)
class Deposited(Event):
    amount: int
@dataclass(frozen=True)
class Withdrawn(Event):
    amount: int
@dataclass
class Account:
    balance: int = 0
    version: int = 0
    _events: list[Event] = field(default_factory=list, repr=False, compare=False)
    def apply(self, e: Event) -> "Account":
        match e:
            case Deposited(amount=a):
                self.balance += a
            case Withdrawn(amount=a) if a <= self.balance:
                self.balance -= a
            case Withdrawn():
                raise ValueError("overdrawn")
        self.version += 1
        self._events.append(e)
        return self
t0 = datetime(2024, 1, 1, tzinfo=timezone.utc)
acc = Account()
for i, make in enumerate([Deposited, Withdrawn, Deposited]):
    acc.apply(make(t0 + timedelta(hours=i), 10 * (i + 1) if make is Deposited else 5))
replayed = Account()
for e in acc._events:
    replayed.apply(e)
result = [acc, acc == replayed, acc._events[-1].at.isoformat(), repr(acc)]
