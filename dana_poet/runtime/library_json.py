"""The library's `json`: Dana values to JSON text and back. Loaded when a program uses it."""

from __future__ import annotations

import json as standard
from typing import Any

from dana_poet.errors import DanaTypeError, DanaValueError


class Json:
    """JSON text from values and values from JSON text; structs become objects of their fields.

    >>> json.dumps({"sizes": [1, 2.5], "done": True})
    '{"sizes": [1, 2.5], "done": true}'
    >>> json.loads("[1, 2.5, null]")
    [1, 2.5, None]
    """

    def dumps(self, value: object, *, indent: int | None = None, sort_keys: bool = False) -> str:
        """Return `value` as JSON text. DanaTypeError for what JSON cannot say."""
        return standard.dumps(value, indent=indent, sort_keys=sort_keys, ensure_ascii=False, default=_plain)

    def loads(self, text: str | bytes) -> Any:
        """Return the value of JSON text. DanaValueError with line and column where it is wrong."""
        if not isinstance(text, str | bytes):
            raise DanaTypeError(f"JSON text is needed, not {type(text).__name__}")
        try:
            return standard.loads(text)
        except standard.JSONDecodeError as cause:
            message = f"not JSON: {cause.msg} at line {cause.lineno}, column {cause.colno}"
            raise DanaValueError(message) from cause
        except RecursionError as cause:
            raise DanaValueError("not usable JSON: nested too deeply") from cause

    def parse(self, text: str | bytes) -> Any:
        """Return the value of JSON text that may stand in a Markdown fence, as language models write it.

        >>> json.parse('```json\\n{"ok": true}\\n```')
        {'ok': True}
        """
        return self.loads(_without_fence(text) if isinstance(text, str) else text)


json = Json()
"""What the name `json` means in a program that imports nothing."""


def _without_fence(text: str) -> str:
    """Return what stands between the first pair of fences, or `text` without outer blanks when there is none."""
    _, fence, rest = text.partition("```")
    if not fence:
        return text.strip()
    body = rest.partition("```")[0]
    first, newline, others = body.partition("\n")
    return others if newline and first.strip().isalnum() else body


def _plain(value: Any) -> object:
    """Return something JSON can say for a value that Python's encoder does not know."""
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    fields = getattr(type(value), "__dana_fields__", None)
    if fields is not None:
        return {name: getattr(value, name) for name in fields}
    if hasattr(value, "isoformat"):
        return value.isoformat()
    from dana_poet.runtime.promise import force

    known = force(value)
    if known is not value:
        return known
    raise DanaTypeError(f"a value of type {type(value).__name__} has no JSON form", hint="make a dict of it first")
