"""Prompts as Python literals: read as templates, and written back so that every line of the prompt is a line of code."""

from __future__ import annotations

import ast
import string
from typing import TYPE_CHECKING, Literal, TypeAlias

from dana_poet.prompts.template import PromptError, PromptTemplate, escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

Formatting: TypeAlias = Literal["plain", "format", "f"]
CONVERSIONS = {-1: "", 115: "!s", 114: "!r", 97: "!a"}


def literal_of(node: ast.expr, formatting: Formatting) -> PromptTemplate | None:
    """Return a literal as a template, None where it is none of that kind.

    >>> literal_of(ast.parse('f"Sum {x!r:>{w}} {{}}"', mode="eval").body, "f").text
    'Sum {x!r:>{w}} {{}}'
    """
    try:
        if isinstance(node, ast.JoinedStr):
            return PromptTemplate(_joined(node)) if formatting == "f" else None
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            return None
        if formatting == "plain":
            return PromptTemplate.plain(node.value)
        if formatting == "f":  # an f-string that has lost its last placeholder
            return PromptTemplate.plain(node.value)
        tuple(string.Formatter().parse(node.value))
        return PromptTemplate(node.value)
    except (PromptError, ValueError):
        return None


def _joined(node: ast.JoinedStr) -> str:
    found = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            found.append(escaped(str(part.value)))
        elif isinstance(part, ast.FormattedValue):
            found.append(f"{{{_value(part)}}}")
    return "".join(found)


def _value(part: ast.FormattedValue) -> str:
    """Return what stands in the braces; a text in it may have any quotes."""
    spec = ""
    if isinstance(part.format_spec, ast.JoinedStr):
        spec = ":" + "".join(
            f"{{{_value(one)}}}" if isinstance(one, ast.FormattedValue) else str(getattr(one, "value", ""))
            for one in part.format_spec.values
        )
    return f"{ast.unparse(part.value)}{CONVERSIONS[part.conversion]}{spec}"


def written(template: PromptTemplate, formatting: Formatting) -> Iterator[str]:
    """Yield ways to write a template as Python; the first that means the same is to be taken.

    >>> next(written(PromptTemplate("Sum up: {x}"), "f"))
    'f"Sum up: {x}"'
    """
    for quote in ('"', "'", '"""', "'''"):
        lines = list(_lines(template, formatting, quote))
        yield lines[0] if len(lines) == 1 else " ".join(lines)


def _lines(template: PromptTemplate, formatting: Formatting, quote: str) -> Iterator[str]:
    """Yield one literal for each line of the prompt; an f-string only where there is something to fill in."""
    line, fills = "", False
    for text, is_placeholder in template.pieces:
        if is_placeholder:
            line, fills = f"{line}{{{text}}}", True
            continue
        *whole, rest = text.split("\n")
        for part in whole:
            yield _quoted(f"{line}{_escaped(part, formatting, quote)}\\n", formatting, quote, fills=fills)
            line, fills = "", False
        line += _escaped(rest, formatting, quote)
    if line or not template.text or template.text.endswith("\n"):
        yield _quoted(line, formatting, quote, fills=fills)


def _quoted(text: str, formatting: Formatting, quote: str, *, fills: bool) -> str:
    if formatting == "f" and not fills:
        text = text.replace("{{", "{").replace("}}", "}")
    return f"{'f' if formatting == 'f' and fills else ''}{quote}{text}{quote}"


def _escaped(text: str, formatting: Formatting, quote: str) -> str:
    plain = text.replace("\\", "\\\\").replace(quote[0], f"\\{quote[0]}")
    plain = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in plain)
    return plain if formatting == "plain" else escaped(plain)
