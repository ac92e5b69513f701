"""The first look at a program, in the caller: text, size, invisible characters, brackets. Nothing is parsed here."""

import re
import unicodedata
from collections.abc import Iterator

from dana_sandbox.verdict import Violation

MAX_BRACKETS = 100
MAX_CHARACTER_FINDINGS = 20

# Categories of characters that show nothing, or make a reader see other text than Python does.
_HIDDEN = {
    "Cc": "control character",
    "Cf": "invisible character",
    "Cs": "surrogate",
    "Zl": "invisible line end",
    "Zp": "invisible line end",
}
_BOM = 0xFEFF
# What joins emoji to one picture, between two of them: no name of Python's can have it there, and everybody sees it.
_JOINER = "\u200d"
_JOINED = re.compile("(?<=[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# What the scan steps over: comments and strings as Python 3.11 delimits them; what is left of interest are brackets.
# A short string ends at the end of its line at the latest, so a scan that lost its place finds it again there.
# No alternative can give back what it took (possessive), so the scan is linear.
_PIECE = re.compile(
    r"""\#[^\r\n]*+
      | '{3}(?:[^'\\]|\\.|'(?!''))*+(?:'{3})?
      | "{3}(?:[^"\\]|\\.|"(?!""))*+(?:"{3})?
      | '(?:[^'\\\r\n]|\\.)*+'?
      | "(?:[^"\\\r\n]|\\.)*+"?
      | (?P<bracket>[\[({\])}])
    """,
    re.VERBOSE | re.DOTALL,
)


def gate(source: object, *, source_bytes: int) -> tuple[Violation, ...]:
    """Return what is wrong with `source` as text; empty when it may go to a child to be parsed.

    It is linear and never raises: not a str, more than `source_bytes` of UTF-8, control characters, characters that
    nobody sees (Cf, Cs, Zl, Zp), more than 100 open brackets.

    >>> gate("x = 1", source_bytes=100)
    ()
    >>> print(*gate("a\u200bb = 1", source_bytes=100))
    1:2: invisible character U+200B (ZERO WIDTH SPACE) [character] (remove it, or write \\u200b inside a string)
    """
    if not isinstance(source, str):
        hint = "decode it first: source.decode()" if isinstance(source, bytes) else "pass the program as one str"
        return (Violation(0, 0, "input", f"the program must be text (str), not {type(source).__name__}", hint),)
    size = len(source)
    if size <= source_bytes and not source.isascii():
        size = len(source.encode("utf-8", "surrogatepass"))
    if size > source_bytes:
        message = f"the program is {size:,} bytes long; {source_bytes:,} are allowed"
        return (Violation(0, 0, "size", message, "write a shorter program and pass data as inputs"),)
    return (*_characters(source), *_brackets(source))


def _characters(source: str) -> Iterator[Violation]:
    bad = set(_CONTROL.findall(source))
    if not source.isascii():
        bad |= {c for c in set(source) if c > "\x7f" and unicodedata.category(c) in _HIDDEN}
        if _JOINER in bad:
            # Of the same length, so that places stay what they are.
            source = _JOINED.sub("-", source)
            bad -= set() if _JOINER in source else {_JOINER}
    if not bad:
        return
    places = re.finditer(f"[{''.join(map(re.escape, bad))}]", source)
    for _, match in zip(range(MAX_CHARACTER_FINDINGS), places, strict=False):
        line, column = _place(source, match.start())
        yield Violation(line, column, "character", *_character_words(match.group()))


def _character_words(character: str) -> tuple[str, str]:
    """Message and hint for one character that must not stand in a program as itself."""
    code = ord(character)
    escape = f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
    name = unicodedata.name(character, "" if code else "NULL")
    what = f"{_HIDDEN[unicodedata.category(character)]} U+{code:04X}" + (f" ({name})" if name else "")
    hint = f"remove it, or write {escape} inside a string"
    return what, f"{hint}; a file that begins with it is read with encoding='utf-8-sig'" if code == _BOM else hint


def _brackets(source: str) -> Iterator[Violation]:
    if source.count("(") + source.count("[") + source.count("{") <= MAX_BRACKETS:
        return
    depth = 0
    for piece in _PIECE.finditer(source):
        bracket = piece["bracket"]
        if bracket is None:
            continue
        if bracket in "([{":
            depth += 1
        elif depth:
            depth -= 1
        if depth > MAX_BRACKETS:
            line, column = _place(source, piece.start())
            message = f"more than {MAX_BRACKETS} brackets are open here"
            yield Violation(line, column, "size", message, "give inner parts names of their own")
            return


def _place(source: str, index: int) -> tuple[int, int]:
    """Line and column of `index`, counted from 1, with the line ends that Python knows."""
    lines = re.split(r"\r\n|\r|\n", source[:index])
    return len(lines), len(lines[-1]) + 1
