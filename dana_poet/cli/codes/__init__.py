"""What every diagnostic code means: the text of `dana-poet explain`."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import cache
from textwrap import fill, indent
from typing import Final, NamedTuple

WIDTH: Final = 90
LONGEST_EXAMPLE: Final = 300
"""Examples of limits are as long as the limits; they are described and not shown."""

MOST_UNLIKE: Final = 0.4


class Explanation(NamedTuple):
    """One code, with programs that show it; those are empty where no short one can."""

    code: str
    title: str
    meaning: str
    wrong: str
    right: str


def explain(code: str) -> str:
    """Return what a code means, with a wrong and a right example. For an unknown code, name the nearest ones.

    >>> print(explain("D2020").splitlines()[0])
    D2020: a division by zero
    """
    found = catalogue().get(code.strip().upper())
    return _unknown(code) if found is None else _page(found)


def all_codes() -> tuple[str, ...]:
    """Return one line for each code, in order: the code and its title."""
    return tuple(f"{found.code}  {found.title}" for found in catalogue().values())


@cache
def catalogue() -> dict[str, Explanation]:
    """Return all explanations by code, in order."""
    from dana_grammar import codes as syntax
    from dana_grammar.check import codes as checks
    from dana_poet.cli.codes.advice import ADVICE
    from dana_poet.cli.codes.runtime import CODES

    found = [
        Explanation(code, known.title, ADVICE.get(code, ""), known.wrong, known.right)
        for known_codes in (syntax.CODES, checks.CODES)
        for code, known in known_codes.items()
    ]
    found += [Explanation(code, *known) for code, known in CODES.items()]
    return {one.code: one for one in sorted(found)}


def _unknown(code: str) -> str:
    """Return what to say about a code that does not exist."""
    wanted = code.strip().upper()
    ranked = sorted((_unlikeness(wanted, one), one) for one in catalogue())
    near = [one for (unlike, _), one in ranked[:5] if unlike < MOST_UNLIKE]
    lines = [f"there is no code {code.strip()!r}"]
    if near:
        lines += ["", "the nearest ones:", *(f"    {one}  {catalogue()[one].title}" for one in near)]
    return "\n".join([*lines, "", "`dana-poet explain` without a code lists all of them"])


def _unlikeness(wanted: str, known: str) -> tuple[float, int]:
    """Return how far apart two codes are: by all their characters, then by where they begin to differ."""
    same = next((place for place, (one, other) in enumerate(zip(wanted, known, strict=False)) if one != other), 0)
    return 1 - SequenceMatcher(None, wanted, known).ratio(), -same


def _page(found: Explanation) -> str:
    """Return the page of one code."""
    parts = [f"{found.code}: {found.title}"]
    if found.meaning:
        parts.append(fill(found.meaning, WIDTH, break_on_hyphens=False, break_long_words=False))
    parts += _example("wrong:", found.wrong)
    if 0 < len(found.wrong) <= LONGEST_EXAMPLE and (said := _said(found)):
        parts.append("dana-poet says:\n\n" + indent(said, "    "))
    return "\n\n".join([*parts, *_example("right:", found.right)])


def _example(title: str, text: str) -> list[str]:
    """Return an example under its title."""
    return [f"{title}\n\n" + indent(text.rstrip("\n"), "    ")] if 0 < len(text) <= LONGEST_EXAMPLE else []


def _said(found: Explanation) -> str:
    """Return what `check` says about the wrong example. What only running it shows is not shown here."""
    from dana_grammar.show_error import render_all
    from dana_poet.runtime.session import check

    said = [one for one in check(found.wrong, "example.na") if one.code == found.code]
    return render_all(said[:1], found.wrong)
