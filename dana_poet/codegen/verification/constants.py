"""Write the value of a module's constant down as code: plain data, decimals and dates, patterns, loggers."""

from __future__ import annotations

import ast
import logging
import re
from typing import Any

from dana_poet.codegen.verification.exact import EXACT_TYPES

_LARGEST = 20_000
_PLAIN = frozenset({int, float, str, bytes, bool, complex, type(None), range}) | EXACT_TYPES
_MODULES = {"Decimal": "decimal", "Fraction": "fractions", "UUID": "uuid", "datetime": "", "re": "", "logging": ""}
"""Where the names come from that stand in such code; an empty text is for a module itself."""


def written_constant(name: str, value: object) -> list[ast.stmt]:
    """Return the statements that give `name` this value; none when it cannot be written down.

    >>> import decimal
    >>> print(ast.unparse(ast.fix_missing_locations(ast.Module(written_constant("VAT", decimal.Decimal("0.19")), []))))
    from decimal import Decimal as exact_Decimal
    VAT = exact_Decimal('0.19')
    """
    text = _text(value)
    if text is None or len(text) > _LARGEST:
        return []
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found: list[ast.stmt] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in _MODULES:
            line = f"from {_MODULES[node.id]} import {node.id}" if _MODULES[node.id] else f"import {node.id}"
            line += f" as exact_{node.id}"
            found += [] if any(ast.unparse(one) == line for one in found) else ast.parse(line).body
            node.id = f"exact_{node.id}"
    return [*found, ast.Assign([ast.Name(name, ast.Store())], tree, lineno=1)]


def _text(value: Any) -> str | None:
    """Return a value as code; its classes are looked at first, since the text of another says what it likes."""
    if isinstance(value, re.Pattern):
        return f"re.compile({value.pattern!r}, {int(value.flags)})"
    if isinstance(value, logging.Logger):
        return f"logging.getLogger({value.name!r})"
    if not _is_data(value, 0):
        return None
    text = repr(value)
    return text if "inf" not in text and "nan" not in text else None


def _is_data(value: Any, depth: int) -> bool:
    if type(value) in _PLAIN:
        return True
    if depth > 20 or type(value) not in {list, tuple, set, frozenset, dict}:
        return False
    members = [*value.keys(), *value.values()] if type(value) is dict else value
    return all(_is_data(one, depth + 1) for one in members)
