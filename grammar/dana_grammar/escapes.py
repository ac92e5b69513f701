"""Escapes in string literals, with Python's meaning."""

from __future__ import annotations

import re

ESCAPE = re.compile(
    r"\\(?:(\n)|([\\'\"abfnrtv])|([0-7]{1,3})|x([0-9a-fA-F]{2})|(N\{[^}\n]*\}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}))"
)
LINE_END, SIMPLE, OCTAL, HEXADECIMAL, UNICODE = range(1, 6)
SIMPLE_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
HIGHEST = 0x10FFFF


def decode(body: str, *, is_bytes: bool = False) -> str:
    """Return what `body` stands for. A backslash that starts no escape stays, also in `"C:\\Users"`.

    >>> decode(r"a\\tb\\x41\\q")
    'a\\tbA\\\\q'
    """

    def replacement(found: re.Match[str]) -> str:
        group = found.lastindex
        if group == LINE_END:
            return ""
        if group == SIMPLE:
            return SIMPLE_ESCAPES.get(found[SIMPLE], found[SIMPLE])
        if group in (OCTAL, HEXADECIMAL):
            return chr(int(found[group], 8 if group == OCTAL else 16) & (0xFF if is_bytes else 0x1FF))
        if is_bytes:
            return found[0]
        return unicode_character(found[UNICODE]) or found[0]

    return ESCAPE.sub(replacement, body)


def unicode_character(escape: str) -> str:
    """Return the character of `N{name}`, `uXXXX` or `UXXXXXXXX`, '' where there is none."""
    if escape[0] == "N":
        import unicodedata

        try:
            return unicodedata.lookup(escape[2:-1])
        except KeyError:
            return ""
    number = int(escape[1:], 16)
    return chr(number) if number <= HIGHEST else ""
