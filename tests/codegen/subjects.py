"""The functions that verification is measured on: what people write every day, each small, each with its own traps."""

from __future__ import annotations

import re

TEXT = """
def clamp(value: float, low: float, high: float) -> float:
    if low > high:
        raise ValueError("low is above high")
    if value < low:
        return low
    if value > high:
        return high
    return value
###
def mean(xs: list[float]) -> float:
    if not xs:
        return 0.0
    return sum(xs) / len(xs)
###
def median(xs: list[float]) -> float:
    ordered = sorted(xs)
    n = len(ordered)
    if n == 0:
        raise ValueError("no values")
    middle = n // 2
    if n % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
###
def fizzbuzz(n: int) -> str:
    if n % 15 == 0:
        return "FizzBuzz"
    if n % 3 == 0:
        return "Fizz"
    if n % 5 == 0:
        return "Buzz"
    return str(n)
###
def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
###
def gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return abs(a)
###
def is_prime(n: int) -> bool:
    if n < 2:
        return False
    i = 2
    while i * i <= n:
        if n % i == 0:
            return False
        i += 1
    return True
###
def merge_intervals(intervals: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
###
def dedupe(items: list[int]) -> list[int]:
    seen = set()
    out = []
    for item in items:
        if item not in seen:
            seen.add(item)
            out.append(item)
    return out
###
def chunks(items: list[int], size: int) -> list[list[int]]:
    if size <= 0:
        raise ValueError("size must be positive")
    return [items[i : i + size] for i in range(0, len(items), size)]
###
def slugify(title: str) -> str:
    out = []
    for ch in title.lower():
        if ch.isalnum():
            out.append(ch)
        elif out and out[-1] != "-":
            out.append("-")
    return "".join(out).strip("-")
###
def word_counts(text: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in text.lower().split():
        word = word.strip(".,!?")
        if word:
            counts[word] = counts.get(word, 0) + 1
    return counts
###
def parse_duration(text: str) -> int:
    import re

    match = re.fullmatch(r"(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?", text.strip())
    if not match or not text.strip():
        raise ValueError(f"not a duration: {text!r}")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds
###
def caesar(text: str, shift: int) -> str:
    out = []
    for ch in text:
        if "a" <= ch <= "z":
            out.append(chr((ord(ch) - 97 + shift) % 26 + 97))
        elif "A" <= ch <= "Z":
            out.append(chr((ord(ch) - 65 + shift) % 26 + 65))
        else:
            out.append(ch)
    return "".join(out)
###
def roman(number: int) -> str:
    if not 0 < number < 4000:
        raise ValueError("out of range")
    table = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
             (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]
    out = ""
    for value, sign in table:
        while number >= value:
            out += sign
            number -= value
    return out
###
def top_k(scores: dict[str, float], k: int) -> list[str]:
    ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    return [name for name, _ in ranked[:k]]
###
def moving_average(xs: list[float], window: int) -> list[float]:
    if window < 1:
        raise ValueError("window must be at least 1")
    return [sum(xs[i : i + window]) / window for i in range(len(xs) - window + 1)]
###
def flatten(items: list) -> list:
    out = []
    for item in items:
        if isinstance(item, list):
            out.extend(flatten(item))
        else:
            out.append(item)
    return out
###
def group_by(records: list[dict], key: str) -> dict:
    groups: dict = {}
    for record in records:
        groups.setdefault(record.get(key), []).append(record)
    return groups
###
def price(quantity: int, unit: float, member: bool = False) -> float:
    total = quantity * unit
    if quantity >= 100:
        total *= 0.9
    elif quantity >= 10:
        total *= 0.95
    if member:
        total -= 5
    return max(total, 0.0)
###
def running_total(xs: list[int]):
    total = 0
    for x in xs:
        total += x
        yield total
###
def windows(items: list[int], size: int):
    if size < 1:
        raise ValueError("size")
    for start in range(len(items) - size + 1):
        yield tuple(items[start : start + size])
###
def normalise(xs: list[float]) -> list[float]:
    if not xs:
        return []
    low, high = min(xs), max(xs)
    if low == high:
        return [0.0 for _ in xs]
    return [(x - low) / (high - low) for x in xs]
###
def luhn(digits: str) -> bool:
    if not digits.isdigit():
        return False
    total = 0
    for place, ch in enumerate(reversed(digits)):
        n = int(ch)
        if place % 2 == 1:
            n *= 2
            if n > 9:
                n -= 9
        total += n
    return total % 10 == 0
###
def levenshtein(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, ca in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, cb in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (ca != cb))
    return row[-1]
###
def transpose(rows: list[list[int]]) -> list[list[int]]:
    return [list(column) for column in zip(*rows)]
###
def insert_sorted(items: list[int], value: int) -> None:
    place = 0
    while place < len(items) and items[place] <= value:
        place += 1
    items.insert(place, value)
###
def parse_query(query: str) -> dict[str, str]:
    found = {}
    for part in query.split("&"):
        if "=" in part:
            key, _, value = part.partition("=")
            found[key] = value
    return found
###
def total_due(order: dict) -> float:
    total = sum(line["price"] * line.get("count", 1) for line in order["lines"])
    if order.get("coupon") == "HALF":
        total = total / 2
    return round(total, 2)
###
async def weighted(values: list[float], weights: list[float]) -> float:
    if len(values) != len(weights):
        raise ValueError("lengths differ")
    total = sum(weights)
    if total == 0:
        return 0.0
    return sum(v * w for v, w in zip(values, weights)) / total
###
def binary_search(items: list[int], wanted: int) -> int:
    low, high = 0, len(items) - 1
    while low <= high:
        middle = (low + high) // 2
        if items[middle] == wanted:
            return middle
        if items[middle] < wanted:
            low = middle + 1
        else:
            high = middle - 1
    return -1
###
def mask_email(email: str) -> str:
    name, at, domain = email.partition("@")
    if not at or not domain:
        raise ValueError("no address")
    if len(name) <= 2:
        return "*" * len(name) + "@" + domain
    return name[0] + "*" * (len(name) - 2) + name[-1] + "@" + domain
###
def apply_all(functions: list, value: int) -> list:
    results = []
    for function in functions:
        try:
            results.append(function(value))
        except ValueError:
            results.append(None)
    return results
###
def grade(score: int) -> str:
    if score < 0 or score > 100:
        raise ValueError("score")
    if score >= 90:
        return "A"
    if score >= 75:
        return "B"
    if score >= 60:
        return "C"
    return "F"
"""

SUBJECTS: dict[str, str] = {}
for _text in TEXT.split("###"):
    _name = re.search(r"def (\w+)", _text)
    assert _name is not None
    SUBJECTS[_name[1]] = _text.strip() + "\n"

HELD_OUT = frozenset(
    {
        "gcd",
        "merge_intervals",
        "caesar",
        "moving_average",
        "luhn",
        "total_due",
        "binary_search",
        "mask_email",
        "windows",
        "weighted",
    }
)
"""Functions that were not looked at while the sampler was tuned."""
