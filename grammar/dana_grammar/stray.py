"""What the scanner says about characters and numbers that no Dana text has."""

from __future__ import annotations

import re

CURLY_QUOTES = "\u201c\u201d\u2018\u2019\u00ab\u00bb"
STRAY_HINTS = {
    "`": "write text in straight quotes: '...' or \"...\"",
    "\\": "a backslash that continues a line must be the last character of the line",
    "?": "write 'a if condition else b'",
    "\u2026": "write three dots: ...",
    "\u2192": "write '->'",
    "\u2013": "write the minus sign '-'",
    "\u2014": "write the minus sign '-'",
    "\u2212": "write the minus sign '-'",
    "\u00d7": "write '*'",
    "\u2264": "write '<='",
    "\u2265": "write '>='",
    "\u2260": "write '!='",
    "\u00a0": "this is a no-break space: write an ordinary blank",
    "\u200b": "this is an invisible character: remove it",
    "\ufeff": "this is an invisible byte order mark: remove it",
}


def stray(character: str) -> tuple[str, str, str]:
    """Return code, message and hint for `character`: see `ScannerState.problem` for their order.

    >>> stray("!")[1]
    "Dana has no operator '!'"
    """
    if character == "!":
        return "D0014", "Dana has no operator '!'", "write 'not'"
    if character in CURLY_QUOTES:
        return "D0021", f"the quote {character} is not a straight quote", "write straight quotes: ' or \""
    shown = f"'{character}'" if character.isprintable() else f"U+{ord(character):04X}"
    return "D0021", f"the character {shown} has no meaning here", STRAY_HINTS.get(character, "")


def number_hint(text: str) -> str:
    """Return what to write instead of the number `text`, or ''.

    >>> number_hint("1_")
    "write '1'"
    """
    if text[:2].lower() in ("0x", "0o", "0b"):
        return f"digits must follow '{text[:2]}'" if len(text) == 2 else "a digit does not fit this kind of number"
    tidy = re.sub(r"_+", "_", text).strip("_")
    if re.fullmatch(r"\d+(_\d+)*", tidy):
        return f"write '{tidy}'"
    digits = re.match(r"[\d.]+", text)
    name = text[digits.end() :] if digits else ""
    return f"a name cannot start with a digit; to multiply, write '{digits[0]} * {name}'" if digits and name else ""
