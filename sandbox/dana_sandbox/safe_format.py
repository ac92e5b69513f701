"""`str.format` for untrusted programs: the same text, but attributes in fields pass the guards.

Most templates read no attribute, or only plain ones; for those Python's own `str.format` does the work.
"""

from _string import formatter_field_name_split, formatter_parser  # type: ignore[import-not-found]
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from dana_sandbox.names import ARRAY_DOORS, FORMAT_ATTRIBUTES, GUARDED_ATTRIBUTES, INTERPRETER_ATTRIBUTES

GetAttribute: TypeAlias = Callable[[Any, str], Any]

# Plain names that are plain nowhere else either, whether numpy is there or not.
SPECIAL_ATTRIBUTES = INTERPRETER_ATTRIBUTES | GUARDED_ATTRIBUTES | FORMAT_ATTRIBUTES | ARRAY_DOORS

_KNOWN_LENGTH = 1000
_KNOWN_COUNT = 500
_known: dict[str, bool] = {}


def is_plain(template: str) -> bool:
    """Whether no field of `template` reads an attribute that needs a guard; a malformed template is plain too.

    >>> is_plain("{0.real:>{width}.2f}"), is_plain("{0.__class__}"), is_plain("{:{0._x}}")
    (True, False, False)
    """
    known = _known.get(template)
    if known is not None:
        return known
    plain = not any(name[0] == "_" or name in SPECIAL_ATTRIBUTES for name in _attributes(template))
    if len(template) <= _KNOWN_LENGTH:
        if len(_known) >= _KNOWN_COUNT:
            _known.clear()
        _known[template] = plain
    return plain


def _attributes(template: str, levels: int = 2) -> Iterator[str]:
    """Names of attributes that the fields of `template` read, those in format specifications included.

    Python fills fields in the fields of a template and refuses to go deeper, before it reads anything there.
    """
    if "." not in template:
        return
    try:
        for _text, field, specification, _conversion in formatter_parser(template):
            if field is None:
                continue
            yield from (str(name) or "_" for is_attribute, name in formatter_field_name_split(field)[1] if is_attribute)
            if specification and "{" in specification and levels > 1:
                yield from _attributes(specification, levels - 1)
    except ValueError:
        # Python's own formatting finds the same fault at the same place, after the same fields.
        return


def format_with(get: GetAttribute, template: str, /, *args: Any, **kwargs: Any) -> str:
    """Return `template.format(*args, **kwargs)`, reading attributes that need a guard with `get`.

    >>> format_with(getattr, "{} {0.real!r:>{width}}".replace("{}", "{0}"), 7, width=3)
    '7   7'
    """
    if is_plain(template):
        return template.format(*args, **kwargs)
    return _Filling(get, args, kwargs).text(template)


def format_map_with(get: GetAttribute, template: str, mapping: Mapping[str, Any], /) -> str:
    """Return `template.format_map(mapping)`, reading attributes that need a guard with `get`."""
    if is_plain(template):
        return template.format_map(mapping)
    return _Filling(get, None, mapping).text(template)


_CONVERSIONS: dict[str | None, Callable[[Any], Any]] = {None: lambda value: value, "s": str, "r": repr, "a": ascii}


class _Filling:
    """Fields of one template and what fills them; `args` is None where fields have names only."""

    def __init__(self, get: GetAttribute, args: Sequence[Any] | None, kwargs: Mapping[str, Any]) -> None:
        self.get, self.args, self.kwargs = get, args, kwargs
        self.next_number = 0
        self.numbering: str | None = None

    def text(self, template: str, depth: int = 2) -> str:
        """Return `template` with its fields filled; fields in a specification are filled first, one level deep."""
        if not depth:
            raise ValueError("Max string recursion exceeded")
        parts: list[str] = []
        for text, field, specification, conversion in formatter_parser(template):
            parts.append(text)
            if field is None:
                continue
            value = self.value(field)
            if conversion not in _CONVERSIONS:
                shown = conversion if " " < conversion < "\x7f" else f"\\x{ord(conversion):x}"
                raise ValueError(f"Unknown conversion specifier {shown}")
            value = _CONVERSIONS[conversion](value)
            if specification and "{" in specification:
                specification = self.text(specification, depth - 1)  # noqa: PLW2901 - the specification, filled
            parts.append(format(value, specification or ""))
        return "".join(parts)

    def value(self, field: str) -> Any:
        """Return what `0.name[key]` means here."""
        first, path = formatter_field_name_split(field)
        value = self.start(first)
        for is_attribute, name in path:
            value = self.get(value, str(name)) if is_attribute else value[name]
        return value

    def start(self, first: str | int) -> Any:
        """Return the argument that a field begins with."""
        if first and isinstance(first, str):
            return self.kwargs[first]
        if self.args is None:
            raise ValueError("Format string contains positional fields")
        number = self.number(first)
        if number >= len(self.args):
            raise IndexError(f"Replacement index {number} out of range for positional args tuple")
        return self.args[number]

    def number(self, first: str | int) -> int:
        """Return the number of a positional field: written, or counted where none is written."""
        kind = "automatic field numbering" if first == "" else "manual field specification"
        if self.numbering not in {None, kind}:
            raise ValueError(f"cannot switch from {self.numbering} to {kind}")
        self.numbering = kind
        if first != "":
            return int(first)
        self.next_number += 1
        return self.next_number - 1
