"""What to make inputs of so that a condition on a constant is met: near values, multiples, lengths, forms of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dana_poet.codegen.verification.mining import Mined, numbers_around, roots_of


@dataclass(frozen=True, slots=True)
class Focus:
    """Values that the next cases are made of, so that a condition on them is met; `times` is how many cases."""

    pools: dict[str, list[Any]]
    lengths: tuple[int, ...] = ()
    times: int = 2
    only: bool = False


def _as_number(value: float) -> dict[str, list[Any]]:
    if abs(value) >= 1e15:
        return {"int": [value]} if type(value) is int else {"float": [value]}
    return {"int": [int(value)], "float": [float(value)]}


def focuses(mined: Mined) -> list[Focus]:
    """Return what to make values of so that conditions on these constants are met."""
    found = []
    for one in (*mined.ints, *mined.floats):
        values = (one, *roots_of([one] if type(one) is int else []), *numbers_around([one])[1:3])
        found += [Focus(_as_number(value), (), 1, only=True) for value in values]
    found += [Focus({"str": [one], "key": [one]}, (), 1, only=True) for one in mined.texts]
    for one in mined.ints:
        near = [*numbers_around([one]), *roots_of([one])]
        found.append(
            Focus(
                {"int": near, "float": [float(v) for v in near if abs(v) < 1e15]},
                (one,) if 0 <= one <= 20_000 else (),
                6,
            )
        )
        others = [v for v in mined.ints if v != one]
        if others and one:
            steps = [other + one * k for other in others[:6] for k in (-1, 1, 2, 3)]
            found.append(Focus({"int": [one, *others[:6], *steps]}, (), 6))
    found += [
        Focus({"float": numbers_around([one]), "int": [int(one), int(one) + 1] if abs(one) < 1e15 else [0]}, (), 6)
        for one in mined.floats
    ]
    found += [Focus({}, (one,), 3) for one in mined.lengths]
    for text in mined.texts:
        forms = [
            text,
            f"{text}a",
            f"b{text}",
            f"x{text}y",
            f"{text}{text}",
            text.upper(),
            text.lower(),
            f"{text} 1",
            f"a {text} b",
            text[:-1],
        ]
        found.append(Focus({"str": forms, "key": [text]}, (), 8))
    if mined.keys:
        found.append(Focus({"key": mined.keys}, (), 8))
    return found
