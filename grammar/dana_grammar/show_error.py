"""Diagnostics as a person reads them, as JSON and as SARIF. The one renderer for syntax, check and runtime errors.

monitor.na:12:9: error[D0002]: expected ':' after the condition
   11 | x = 1
   12 | if x > 1
      |         ^
   hint: write ':' at the end of the line
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dana_grammar.errors import Diagnostic
    from dana_grammar.span import Span

WIDTH = 100
"""How many columns of a source line are shown; longer lines are windowed around the span."""
MAX_LINES = 4
"""How many lines of a long span are shown before the middle is left out."""
COLORS = {"error": "\033[1;31m", "warning": "\033[1;33m", "note": "\033[1;36m"}
BOLD, DIM, RESET = "\033[1m", "\033[2m", "\033[0m"


def render(diagnostic: Diagnostic, text: str, *, color: bool = False) -> str:
    """Return a diagnostic with the source lines it points at. An empty `text` gives the message without lines.

    >>> from dana_grammar.errors import Diagnostic
    >>> from dana_grammar.span import Span
    >>> one = Diagnostic(code="D1001", message="'y' is not defined", span=Span(1, 5, 1, 6), file="a.na")
    >>> print(render(one, "x = y"))
    a.na:1:5: error[D1001]: 'y' is not defined
        1 | x = y
          |     ^
    """
    paint = _paint if color else _plain
    head = f"{diagnostic.severity}[{diagnostic.code}]"
    place = f"{_visible(diagnostic.file)}:{diagnostic.span.line}:{diagnostic.span.column}"
    message = _visible(diagnostic.message, newlines=True)
    lines = [f"{place}: {paint(head, COLORS[diagnostic.severity])}: {paint(message, BOLD)}"]
    source = _source_lines(text)
    lines += _excerpt(source, diagnostic.span, paint, before=1)
    for span, about in diagnostic.related:
        lines.append(f"   {_visible(about)} (line {span.line})")
        lines += _excerpt(source, span, paint, before=0)
    if diagnostic.hint:
        lines.append(f"   hint: {_visible(diagnostic.hint, newlines=True)}")
    return "\n".join(lines)


def render_all(diagnostics: Iterable[Diagnostic], texts: Mapping[str, str] | str, *, color: bool = False) -> str:
    """Return all diagnostics, one after the other; `texts` is the text of each file by name, or of the only one."""
    shown = []
    for diagnostic in diagnostics:
        text = texts if isinstance(texts, str) else texts.get(diagnostic.file, "")
        shown.append(render(diagnostic, text, color=color))
    return "\n".join(shown)


def _plain(text: str, _style: str) -> str:
    return text


def _paint(text: str, style: str) -> str:
    return f"{style}{text}{RESET}"


def _source_lines(text: str) -> list[str]:
    """Return the lines of a text as the parser counts them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n") if text else []


def _excerpt(source: list[str], span: Span, paint: Any, *, before: int) -> list[str]:
    """Return the lines of a span, each with its underline."""
    if not source or span.line < 1 or span.line > len(source):
        return []
    last = min(max(span.end_line, span.line), len(source))
    if last > span.line and span.end_column <= 1:
        last -= 1
    numbers = list(range(span.line, last + 1))
    cut = len(numbers) > MAX_LINES
    if cut:
        numbers = [*numbers[: MAX_LINES - 1], numbers[-1]]
    above = range(max(1, span.line - before), span.line)
    shown = [
        _numbered(number, _window(source[number - 1], 0)[0], paint) for number in above if source[number - 1].strip()
    ]
    for index, number in enumerate(numbers):
        if cut and index == MAX_LINES - 1:
            shown.append("      ...")
        shown += _marked(source[number - 1], number, span, last, paint)
    return shown


def _numbered(number: int, line: str, paint: Any) -> str:
    return f"{paint(f'{number:>5} |', DIM)} {line}".rstrip()


def _marked(line: str, number: int, span: Span, last: int, paint: Any) -> list[str]:
    """Return one source line and the marks under it."""
    start = span.column - 1 if number == span.line else len(line) - len(line.lstrip())
    end = span.end_column - 1 if number == last and number == span.end_line else len(line.rstrip())
    start = max(0, min(start, len(line)))
    end = max(start, min(end, len(line)))
    shown, left = _window(line, start)
    lead = _width(_visible(line[left:start])) + (3 if left else 0)
    marks = max(1, min(_width(_visible(line[start:end])), max(1, WIDTH - lead)))
    under = " " * lead + paint("^" * marks, COLORS["error"] if paint is _paint else "")
    return [_numbered(number, shown, paint), f"{paint('      |', DIM)} {under}"]


def _window(line: str, start: int) -> tuple[str, int]:
    """Return the part of a long line around a column, and the column where that part begins."""
    if len(line) <= WIDTH:
        return _visible(line), 0
    left = 0 if start < WIDTH - 20 else start - WIDTH // 2
    part = _visible(line[left : left + WIDTH])
    return ("..." if left else "") + part + ("..." if left + WIDTH < len(line) else ""), left


def _visible(text: str, *, newlines: bool = False) -> str:
    """Return text without control characters, which would move the cursor or hide what follows."""
    if text.isprintable():
        return text
    return "".join(_character(character, newlines=newlines) for character in text)


def _character(character: str, *, newlines: bool) -> str:
    if character == "\t":
        return "    "
    if character == "\n" and newlines:
        return character
    if character.isprintable() or unicodedata.category(character) in {"Mn", "Me", "Zs"}:
        return character
    code = ord(character)
    if code < 32:
        return chr(0x2400 + code)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _width(text: str) -> int:
    """Return how many columns a terminal gives to a text."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def to_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """Return a diagnostic as plain data: file, code, severity, message, line, column, end_line, end_column, hint."""
    span = diagnostic.span
    return {
        "file": diagnostic.file, "code": diagnostic.code, "severity": diagnostic.severity,
        "message": diagnostic.message, "line": span.line, "column": span.column, "end_line": span.end_line,
        "end_column": span.end_column, "hint": diagnostic.hint,
    }  # fmt: skip


def to_sarif(diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """Return diagnostics as a SARIF 2.1.0 log, which code hosts and editors read."""
    found = list(diagnostics)
    codes = sorted({diagnostic.code for diagnostic in found})
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "dana-poet", "rules": [{"id": code} for code in codes]}},
            "columnKind": "unicodeCodePoints",
            "results": [_sarif_result(diagnostic, codes.index(diagnostic.code)) for diagnostic in found],
        }],
    }  # fmt: skip


def _sarif_result(diagnostic: Diagnostic, rule: int) -> dict[str, Any]:
    message = diagnostic.message + (f" ({diagnostic.hint})" if diagnostic.hint else "")
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity,
        "message": {"text": message},
        "locations": [_sarif_place(diagnostic.file, diagnostic.span)],
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            {**_sarif_place(diagnostic.file, span), "message": {"text": about}} for span, about in diagnostic.related
        ]
    return result


def _sarif_place(file: str, span: Span) -> dict[str, Any]:
    """Return a place in a file. SARIF counts from 1, ends no region before its start, and wants a URI for the file."""
    line, column = max(1, span.line), max(1, span.column)
    end_line = max(line, span.end_line)
    least = column if end_line == line else 1
    region = {
        "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": max(least, span.end_column),
    }  # fmt: skip
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(file)}, "region": region}}


def _uri(file: str) -> str:
    """Return a file name as a URI reference: with a scheme where it is absolute, relative where it is."""
    from urllib.parse import quote

    path = quote(file.replace("\\", "/"), safe="/", errors="replace")
    if file.startswith(("/", "\\")):
        return f"file://{path}"
    drive, colon, rest = path.partition("%3A")
    return f"file:///{drive}:{rest}" if colon and len(drive) == 1 else path
