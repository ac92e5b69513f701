"""Values like another: an example, or what a function has answered, with one thing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.codegen.verification.hints import Hint
from dana_poet.codegen.verification.linked import joined

if TYPE_CHECKING:
    from dana_poet.codegen.verification.values import Values


def varied(values: Values, value: Any, hint: Hint) -> Any:
    """Return a value like the one of an example, or another that fits the hint."""
    rng = values.rng
    match value:
        case bool() | None:
            return values.make(hint, 0)
        case int() | float():
            return rng.choice(
                (
                    value + 1,
                    value - 1,
                    -value,
                    value * 2,
                    value * 10,
                    value / 2 if isinstance(value, float) else value // 2,
                )
            )
        case str():
            return _text(values, value)
        case list():
            return _list(values, value, hint.parts[0] if hint.parts else Hint("any"))
        case dict() if value:
            key = rng.choice(list(value))
            left = {name: one for name, one in value.items() if name != key}
            return rng.choice((left, value | {key: varied(values, value[key], Hint("any"))}, value | {key: None}))
        case _:
            return values.make(hint, 0)


def _text(values: Values, value: str) -> str:
    rng = values.rng
    place = rng.randrange(len(value) + 1)
    known = values.pools.texts[:40] if rng.random() < 0.4 else []
    other = rng.choice((*known, *value[:40], " ", "0", "1", "é", "-"))
    forms = [value[:place] + other + value[place:], value[:place] + value[place + 1 :], value[:place] + other + value[place + 1 :],
             value.upper(), value + value, value[:place], f" {value} ", value[::-1], other + value, value + other]  # fmt: skip
    marks = [one for one in values.mined.splits if one in value]
    if marks and rng.random() < 0.6:
        mark = rng.choice(marks)
        parts, others = value.split(mark), joined(values.mined, rng).split(mark)
        parts[rng.randrange(len(parts))] = rng.choice(others)
        forms = [
            mark.join(parts),
            mark.join(parts),
            mark.join([*parts, others[0]]),
            mark.join(parts[1:]),
            mark.join(parts[::-1]),
        ]
    return str(rng.choice(forms))


def _list(values: Values, value: list[Any], inner: Hint) -> list[Any]:
    rng = values.rng
    place = rng.randrange(len(value) + 1)
    new = values.make(inner, 1)
    if not value:
        return [new]
    at = min(place, len(value) - 1)
    changed = [*value[:at], varied(values, value[at], inner), *value[at + 1 :]]
    return rng.choice(([*value, new], [*value, new], [*value[:place], new, *value[place:]], [*value[:at], new, *value[at + 1 :]],
                       value[:at] + value[at + 1 :], [*value, value[at]], changed, changed, value[::-1]))  # fmt: skip
