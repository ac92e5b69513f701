# technique: BENIGN - inputs of every plain type
# expected: accepted
# expect: [datetime.datetime(2024, 1, 3, 0, 0, tzinfo=datetime.timezone.utc), Decimal('3.00'), b'\xff\x00', ['a', 'b'], (1, 2.5, None), frozenset({1, 2}), 'tuple']
# inputs: {"when": datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc), "price": Decimal("1.50"), "raw": b"\x00\xff", "tags": {"b", "a"}, "pair": (1, 2.5), "frozen": frozenset([1])}
from datetime import timedelta
result = [when + timedelta(days=1), price * 2, raw[::-1], sorted(tags), pair + (None,), frozen | {2}, type(pair).__name__]
