"""Texts that a regular expression matches, made from its parsed form, so that functions with one get past it."""

from __future__ import annotations

import functools
import re
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

_LONGEST = 40


def matching(pattern: str, rng: random.Random, count: int) -> list[str]:
    """Return up to `count` texts for a pattern; nothing when it is no pattern.

    >>> from random import Random
    >>> all(re.match(r"\\\\d+[hm]$", one) for one in matching(r"\\\\d+[hm]$", Random(1), 5))
    True
    """
    try:
        return [_text(_parsed(pattern), rng, {})[:_LONGEST] for _ in range(count)]
    except (re.error, ValueError, OverflowError, RecursionError, TypeError, KeyError):
        return []


@functools.lru_cache(maxsize=64)
def _parsed(pattern: str) -> Any:
    parser: Any = getattr(re, "_parser", None)
    if parser is None:
        return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return parser.parse(pattern)


def mixed_matches(patterns: Sequence[str], rng: random.Random) -> str:
    """Return texts that patterns match, one after the other, now and then in other letters.

    >>> from random import Random
    >>> mixed_matches(["x"], Random(5)).lower().count("x") > 0
    True
    """
    parts = [one for _ in range(rng.choice((1, 1, 2, 2, 3, 4))) for one in matching(rng.choice(patterns), rng, 1)]
    text = rng.choice(("", "", " ", ", ", "-")).join(parts)
    form = rng.random()
    return text.upper() if form < 0.15 else text.title() if form < 0.25 else text


def _text(tree: Any, rng: random.Random, groups: dict[int, str]) -> str:
    return "".join(_part(str(operation), argument, rng, groups) for operation, argument in tree)


def _part(operation: str, argument: Any, rng: random.Random, groups: dict[int, str]) -> str:
    match operation:
        case "LITERAL":
            return chr(argument)
        case "NOT_LITERAL" | "ANY":
            return rng.choice("ab1 -")
        case "IN":
            return _member(argument, rng)
        case "BRANCH":
            return _text(rng.choice(argument[1]), rng, groups)
        case "SUBPATTERN":
            groups[argument[0] or 0] = made = _text(argument[3], rng, groups)
            return made
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            low, high = int(argument[0]), min(int(argument[1]), int(argument[0]) + 3)
            return "".join(_text(argument[2], rng, groups) for _ in range(rng.randint(low, max(low, high))))
        case "GROUPREF":
            return groups.get(argument, "")
        case _:
            return ""


def _member(members: Any, rng: random.Random) -> str:
    negated = str(members[0][0]) == "NEGATE"
    if negated:
        return rng.choice("ab1 -_x")
    operation, argument = rng.choice(members)
    match str(operation):
        case "LITERAL":
            return chr(argument)
        case "RANGE":
            return chr(rng.randint(argument[0], argument[1]))
        case "CATEGORY":
            name = str(argument)
            return rng.choice("00112235789٣" if "DIGIT" in name else " \t" if "SPACE" in name else "abXY09_")
        case _:
            return "a"
