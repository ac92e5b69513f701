"""Library functions on plain numbers and text: no state, no side effects, exact results."""

from __future__ import annotations

from dana_poet.errors import DanaTypeError, DanaValueError


def sum_range(start: int, end: int) -> int:
    """Return start + ... + end, both included; 0 when `end` is below `start`.

    >>> sum_range(1, 5), sum_range(3, 2)
    (15, 0)
    """
    start, end = _whole("sum_range", start), _whole("sum_range", end)
    return (start + end) * (end - start + 1) // 2 if end >= start else 0


def is_odd(n: int) -> bool:
    """Whether a whole number is odd."""
    return _whole("is_odd", n) % 2 == 1


def is_even(n: int) -> bool:
    """Whether a whole number is even."""
    return _whole("is_even", n) % 2 == 0


def factorial(n: int) -> int:
    """Return n! for a whole number n >= 0. DanaValueError below.

    >>> factorial(5)
    120
    """
    from math import factorial as product

    if _whole("factorial", n) < 0:
        raise DanaValueError(f"factorial needs 0 or more, not {n}")
    return product(n)


def add_one(x: float) -> float:
    """Return x + 1."""
    return x + 1


def add_two(x: float) -> float:
    """Return x + 2."""
    return x + 2


def add_three(x: float) -> float:
    """Return x + 3."""
    return x + 3


def add_four(x: float) -> float:
    """Return x + 4."""
    return x + 4


def capitalize_words(text: str) -> str:
    """Return `text` with a capital at the start of each word and small letters after it; spaces stay as they are.

    >>> capitalize_words("dana  programming LANGUAGE"), capitalize_words("don't stop, twenty-one")
    ('Dana  Programming Language', "Don't Stop, Twenty-One")
    """
    if not isinstance(text, str):
        raise DanaTypeError(f"a text is needed, not {type(text).__name__}: {text!r}")
    before = " "
    letters = []
    for letter in text:
        inside = before.isalnum() or before in "'\N{RIGHT SINGLE QUOTATION MARK}"
        letters.append(letter.lower() if inside else letter.upper())
        # An apostrophe that opens a word does not hide its first letter.
        before = " " if letter == "'" and not before.isalnum() else letter
    return "".join(letters)


title_case = capitalize_words
"""The same under the name that older programs use."""


def _whole(function: str, n: object) -> int:
    """Return `n` when it is a whole number. DanaTypeError naming `function` otherwise."""
    if not isinstance(n, int):
        raise DanaTypeError(f"{function} needs a whole number, not {n!r}")
    return n
