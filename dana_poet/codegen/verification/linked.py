"""Arguments that depend on each other: a key or path of the other, a place in it, the same day of another year."""

from __future__ import annotations

import contextlib
import datetime as dt
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from dana_poet.codegen.verification.mining import Mined

_PAIRS = (
    ("{", "}"),
    ("(", ")"),
    ("[", "]"),
    ("<", ">"),
    ("%(", ")s"),
    ("${", "}"),
    ("{{", "}}"),
    (":", ""),
    ("$", ""),
    ("%", "%"),
)
_TEXT_KINDS = (str, list, dict, tuple)


def linked(given: list[Any], rng: random.Random, mined: Mined) -> list[Any] | None:
    """Return arguments in which one has been made from another, or None where none of them can be.

    >>> from random import Random
    >>> from dana_poet.codegen.verification.mining import Mined
    >>> linked([["a", "b"], 7], Random(1), Mined())[1] in {0, 1, 2, 3, -1, -2}
    True
    """
    found = next((place for place, one in enumerate(given) if type(one) is dict), None)
    asked = next((place for place, one in enumerate(given) if isinstance(one, str)), None)
    if found is not None and asked is not None and mined.splits and rng.random() < 0.4:
        document, steps = _planted(rng)
        made = {found: document, asked: rng.choice(mined.splits).join(steps)}
        return [made.get(place, one) for place, one in enumerate(given)]
    places = [(one, two) for one in range(len(given)) for two in range(len(given)) if one != two]
    rng.shuffle(places)
    for target, source in places:
        made = _made(given[target], given[source], rng, mined)
        if made is not None:
            return [made if place == target else one for place, one in enumerate(given)]
    return None


def _made(old: Any, other: Any, rng: random.Random, mined: Mined) -> Any:
    """Return a value of the kind of `old` that has to do with `other`, or None."""
    match old:
        case bool() | None:
            return None
        case str() if isinstance(other, _TEXT_KINDS) and other:
            return _text_of(other, rng, mined)
        case int() | float() if isinstance(other, (str, list, dict, tuple)):
            return _number_of(other, rng, type(old))
        case int() | float() if isinstance(other, (int, float)) and not isinstance(other, bool):
            return _near(other, rng, type(old))
        case dt.date() if isinstance(other, dt.date):
            return _day_near(old, other, rng, mined)
        case list() if isinstance(other, (dict, list)) and other:
            return _members_of(old, list(other), rng)
        case list() if old and isinstance(other, (int, float)) and isinstance(old[0], (int, float)):
            return [*old[: rng.randint(0, len(old))], _near(other, rng, type(old[0])), *old[:2]]
        case dict() if isinstance(other, (str, list)) and other:
            return _with_keys(old, other, rng, mined)
        case _:
            return None


def _text_of(other: Any, rng: random.Random, mined: Mined) -> str | None:
    """Return a part of a text, a key or path of a container, or a text in which keys stand between marks."""
    if isinstance(other, str):
        begin = rng.randrange(len(other))
        end = rng.randint(begin + 1, len(other))
        forms = (other, other[begin:end], other[:end], other[begin:], other.swapcase(), other + other[:1], other[::-1])
        return rng.choice(forms)
    path = _steps(other, rng)
    marks = [one for one in mined.texts if 0 < len(one) < 3 and not one.isalnum()] or ["."]
    opened = [pair for pair in _PAIRS if pair[0] in mined.texts]
    if isinstance(other, dict) and rng.random() < (0.6 if opened else 0.15):
        opened = opened or [(one, one) for one in marks] + [("", "")]
        before, after = rng.choice(opened)
        keys = [str(one) for one in other] or ["a"]
        parts = [f"{before}{rng.choice([*keys, *keys, 'nokey'])}{after}" for _ in range(rng.choice((1, 1, 2, 3)))]
        return rng.choice(("", "a ", " ")) + rng.choice(("", " ", "-")).join(parts) + rng.choice(("", "", " z", after))
    if rng.random() < 0.2:
        path.append(rng.choice(("0", "x", "-1", "99", "")))
    return rng.choice([*mined.splits, *mined.splits, *marks[:4]]).join(path) if path else None


def _steps(value: Any, rng: random.Random) -> list[str]:
    """Return keys and places that lead into a container."""
    steps: list[str] = []
    while isinstance(value, (dict, list, tuple)) and value and len(steps) < 5 and (not steps or rng.random() < 0.75):
        if isinstance(value, dict):
            deeper = [key for key, one in value.items() if isinstance(one, (dict, list)) and one]
            key = rng.choice(deeper if deeper and rng.random() < 0.7 else [*value])
            value = value[key]
            steps.append(str(key))
        else:
            at = rng.randrange(len(value) + 1)
            value = value[at] if at < len(value) else None
            steps.append(str(at))
    return steps


def _planted(rng: random.Random) -> tuple[Any, list[str]]:
    """Return a document and a path in it, which may go one step too far or to a place that is not there."""
    steps: list[str | int] = [rng.choice(("a", "b", "id"))]
    steps += [rng.choice(("a", "b", "c", 0, 1, 2, 1, 0)) for _ in range(rng.choice((0, 1, 1, 2, 3)))]
    value: Any = rng.choice((0, 1, "x", "", None, False, [], {}, [1, 2], {"a": 1}, 2.5))
    for step in reversed(steps):
        if isinstance(step, int):
            around = [f"v{n}" for n in range(rng.choice((3, 3, 4)))]
            value = [*around[:step], value, *around[step + 1 :]]
        else:
            value = {"c": 7, "z": [1], step: value}
    told = [str(one) for one in steps]
    roll = rng.random()
    if roll < 0.25:
        told.append(rng.choice(("0", "a", "-1", "x", "9")))
    elif roll < 0.55:
        told[-1] = rng.choice(("-1", "-1", "-1", "3", "2", "4", "9", "zz", "01", "", "²", "1 ", "00"))
    return value, told


def _number_of(other: Any, rng: random.Random, kind: type) -> Any:
    """Return a length, a place, or a number that is in a container."""
    inside = [one for one in other if type(one) in {int, float}] if isinstance(other, (list, tuple)) else []
    size = len(other)
    found = rng.choice((*inside[:8], size, size - 1, size - 1, size - 2, size + 1, size // 2, 0, -1, 1 - size))
    with contextlib.suppress(OverflowError, ValueError):
        return kind(found)
    return None


def _near(other: float, rng: random.Random, kind: type) -> Any:
    """Return a number beside another."""
    beside: tuple[Any, ...] = (other, other + 1, other - 1, -other, other * 2, other / 2)
    if kind is float:
        with contextlib.suppress(OverflowError):
            beside += (math.nextafter(other, math.inf), math.nextafter(other, -math.inf))
    with contextlib.suppress(OverflowError, ValueError):
        return kind(rng.choice(beside))
    return None


def _day_near(old: dt.date, other: dt.date, rng: random.Random, mined: Mined) -> Any:
    """Return the same day of another year, a day before or after, or one as far away as a constant says."""
    days = [
        sign * (one + step) for one in mined.ints if 1 < abs(one) < 20_000 for step in (0, 1, -1) for sign in (1, 1, -1)
    ]
    with contextlib.suppress(OverflowError, ValueError):
        if days and rng.random() < 0.4:
            return (
                old
                if isinstance(old, dt.datetime) != isinstance(other, dt.datetime)
                else other + dt.timedelta(rng.choice(days))
            )
        year = other.year + rng.choice((-4, -1, 0, 1, 1, 2, 3, 4, 23, 100))
        moved = old.replace(year, other.month, min(other.day, 28) if rng.random() < 0.3 else other.day)
        return moved + dt.timedelta(rng.choice((0, 0, 0, 1, -1, 7)))
    return None


def _members_of(old: list[Any], other: list[Any], rng: random.Random) -> Any:
    """Return members of another list, or keys, in some order, with one that is not there now and then."""
    kinds = {type(one) for one in old}
    if kinds and type(other[0]) not in kinds:
        return None
    made = (
        [rng.choice(other) for _ in range(rng.choice((1, 2, 3, 4)))]
        if rng.random() < 0.6
        else rng.sample(other, len(other))
    )
    return [*made, *old[:1]] if rng.random() < 0.3 else made


def _with_keys(old: dict[Any, Any], other: Sequence[Any], rng: random.Random, mined: Mined) -> Any:
    """Return a dict with keys from the words of a text or the members of a list; values may name other keys."""
    words = other.replace("{", " ").replace("}", " ").split() if isinstance(other, str) else list(other)
    words = [one for one in words if isinstance(one, (str, int))][:6]
    if not words or (old and type(next(iter(old))) is not type(words[0])):
        return None
    values = list(old.values())
    made = {one: rng.choice(values) if values else one for one in words}
    if isinstance(words[0], str) and all(isinstance(one, str) for one in made.values()) and rng.random() < 0.5:
        begin, end = next((pair for pair in _PAIRS if pair[0] in mined.texts), ("", ""))
        made[rng.choice(words)] = f"{begin}{rng.choice(words)}{end}"
    return made


def joined(mined: Mined, rng: random.Random) -> str:
    """Return parts between the marks at which the code splits texts: numbers, words, and one odd part now and then."""
    mark = rng.choice(mined.splits)
    counts = [one for one in mined.lengths if 0 < one <= 12]
    count = rng.choice((*counts, *counts, *counts, 1, 2, 3, 4, 5, 6))
    near = [one + step for one in mined.ints if 0 <= one < 10**6 for step in (0, 1, -1) if one + step >= 0]
    numbers = ["0", "1", "2", "7", "10", "42", "0", *map(str, near)]
    words = ["a", "b", "x1", "key", "B", *[one for one in mined.texts if len(one) < 20][:20]]
    roll = rng.random()
    source = numbers if roll < 0.55 else words if roll < 0.8 else [*numbers[:7], *words]
    parts = [rng.choice(source) for _ in range(count)]
    if rng.random() < 0.35:
        odd = ("", "01", "00", " 1", "1 ", "-1", "٣", "²", "a", "1a", "+1", "256", "9" * 20, "é", "1_0", " ")
        parts[rng.randrange(count)] = rng.choice(odd if rng.random() < 0.7 else ("٣", "\uff11", "²", "٣1"))
    if len(mined.splits) > 1 and rng.random() < 0.5:
        inner = rng.choice(mined.splits)
        parts = [f"{one}{inner}{rng.choice(source)}" if rng.random() < 0.6 else one for one in parts]
    if mark == "\n":  # lines may be indented
        parts = [
            rng.choice(("", "", "", "  ", "    ", "\t", " \t")) + one + rng.choice(("", "", "", " ", "\tx", "\r"))
            for one in parts
        ]
    text = mark.join(parts)
    ends = [one for one in mined.texts if 0 < len(one) < 3]
    if ends and rng.random() < 0.25:
        end = rng.choice(ends)
        text = rng.choice((end + text, end + end + text, text + end, f" {text}", f"{text} "))
    return text
