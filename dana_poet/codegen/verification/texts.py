"""Texts with a form: repeated words, lists of pairs, JSON, dates in a format, numbers, known words in other letters."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.verification.exact import make_exact

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Sequence

    from dana_poet.codegen.verification.mining import Mined

_BY_NAME = {
    "loads": "json", "fromisoformat": "iso", "strptime": "iso", "int": "number", "float": "number", "Decimal": "number",
    "Fraction": "number", "fromhex": "hex", "unhexlify": "hex", "b64decode": "base64",
}  # fmt: skip
"""Functions that read texts of one form."""
_WORDS = ("a", "b", "cat", "Dog", "the", "x1", "Zoë")
_NUMBERS = ("0", "1", "-1", "007", "12.50", "1e3", " 7 ", "1_000", "3.14159", "-0.5", "99.995", "+4")


def forms_of(trees: Iterable[ast.AST]) -> list[str]:
    """Return the forms of the texts that some code reads.

    >>> forms_of([ast.parse("json.loads(text)")])
    ['json']
    """
    found = []
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name == "strptime" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
                    found.append(str(node.args[1].value))
                elif name in _BY_NAME:
                    found.append(_BY_NAME[name])
    return list(dict.fromkeys(found))


def formed(form: str, rng: random.Random, mined: Mined) -> str:
    """Return a text of a form; a form with a `%` is one of dates.

    >>> from random import Random
    >>> from dana_poet.codegen.verification.mining import Mined
    >>> len(formed("%Y-%m-%d", Random(1), Mined()))
    10
    """
    match form:
        case "json":
            made = json.dumps(_document(rng, mined, 0), indent=rng.choice((None, None, 1)))
            return made if rng.random() < 0.9 else made[:-1]
        case "iso":
            moment = make_exact(rng.choice(("date", "datetime", "datetime")), rng, mined)
            return str(moment.isoformat())
        case "number":
            return (
                rng.choice(_NUMBERS) if rng.random() < 0.6 else str(rng.randint(-999, 9999) / rng.choice((1, 10, 100)))
            )
        case "hex":
            return bytes(rng.randrange(256) for _ in range(rng.randint(0, 8))).hex()
        case _ if "%" in form:
            return str(make_exact("datetime", rng, mined).strftime(form))
        case _:
            return rng.choice(("YQ==", "aGVsbG8=", "", "AAEC/w=="))


def _document(rng: random.Random, mined: Mined, depth: int) -> Any:
    """Return plain data, an object with known keys most often."""
    roll = rng.random()
    if depth < 3 and roll < (0.75 if depth == 0 else 0.25):
        keys = [*(mined.keys or mined.texts)[:12], "a", "b", "c"]
        return {rng.choice(keys): _document(rng, mined, depth + 1) for _ in range(rng.choice((0, 1, 2, 3, 4)))}
    if depth < 3 and roll < 0.85 and roll > 0.3:
        return [_document(rng, mined, depth + 1) for _ in range(rng.choice((0, 1, 2, 3)))]
    return rng.choice((None, True, False, 0, 1, -2, 2.5, "", "x", "Zoë", *mined.ints[:4], *mined.texts[:4]))


def wordy(rng: random.Random) -> str:
    """Return a few words, some of them repeated, in no order."""
    few = rng.sample(_WORDS, 3)
    return rng.choice((" ", " ", ", ", "\n", "-")).join(rng.choice(few) for _ in range(rng.randint(2, 8)))


def sized(length: int, rng: random.Random) -> str:
    """Return a text with so many digits, letters or both, with blanks or dashes between them now and then.

    >>> from random import Random
    >>> len(sized(5, Random(3)).replace(" ", "").replace("-", ""))
    5
    """
    source = rng.choice(("0123456789", "0123456789", "abcXYZ", "abc0129"))
    made = "".join(rng.choice(source) for _ in range(min(length, 3000)))
    if rng.random() < 0.75 or not made:
        return made
    place = rng.randrange(len(made))
    return made[:place] + rng.choice((" ", "-")) + made[place:]


def structured(marks: Sequence[str], rng: random.Random) -> str:
    """Return words joined by marks in two levels, such as pairs in a list: keys are repeated, blanks stand around."""
    outer, inner = rng.choice(marks), rng.choice(marks)

    def word() -> str:
        made = rng.choice(("a", "b", "k", "1", "20", "x y", "", "B", '"q"', "'s'", f"a{inner}b"))
        return rng.choice((made, made, f" {made}", f"{made} "))

    parts = [inner.join(word() for _ in range(rng.choice((1, 2, 2, 2, 3)))) for _ in range(rng.randint(1, 5))]
    return outer.join(parts)


def recased(text: str, rng: random.Random) -> str:
    """Return a text in other letters, or with blanks around it."""
    return rng.choice((text.upper(), text.lower(), text.title(), text.swapcase(), f" {text}", f"{text}\n"))
