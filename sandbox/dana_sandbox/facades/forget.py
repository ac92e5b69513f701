"""What the library keeps of a program after its call: forgotten where one child serves several calls.

Caches of the library hold keys that a program gave, and a key can be an object of the program's own class, which would
meet the next call's objects in `__eq__`. Some dictionaries behind read-only views can be reached by comparing the view.
"""

from __future__ import annotations

import sys
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_PLAIN = frozenset({str, bytes, int})


def forget() -> None:
    """Drop what the last program can have left in the library."""
    for module, clean in _CLEANERS.items():
        if (found := sys.modules.get(module)) is not None:
            clean(found)


def _typing(typing: Any) -> None:
    for clear in typing._cleanups:  # noqa: SLF001 - the caches of the library have no public door
        clear()
    typing.clear_overloads()


def _re(re: Any) -> None:
    for name in ("_cache", "_cache2"):
        _keep(getattr(re, name, {}), lambda key, pattern: _is_plain(key) and not pattern.groupindex)
    for name in ("_compile_repl", "_compile_template"):
        clear = getattr(getattr(re, name, None), "cache_clear", None)
        if clear is not None:
            clear()
    # The library's only flag of which programs make new values.
    _keep(re.RegexFlag._value2member_map_, lambda value, member: type(value) is type(member._value_) is int)


def _is_plain(key: tuple[Any, ...]) -> bool:
    return key[0] in {str, bytes} and _PLAIN.issuperset(map(type, key[1:]))


def _keep(found: dict[Any, Any], good: Callable[[Any, Any], bool]) -> None:
    """Keep what is good, without asking a key for its hash."""
    kept = {key: value for key, value in found.items() if good(key, value)}
    if len(kept) < len(found):
        found.clear()
        found.update(kept)


def _strptime(module: Any) -> None:
    _keep(module._regex_cache, lambda key, _value: type(key) is str)  # noqa: SLF001 - as above


def _template(string: Any) -> None:
    pairs = list(string.Template.pattern.groupindex.items())
    if not all(type(name) is str and type(number) is int for name, number in pairs) or dict(pairs) != _TEMPLATE_GROUPS:
        del string.Template.pattern
        string.Template.__init_subclass__()


def _dataclasses(dataclasses: Any) -> None:
    dataclasses._EMPTY_METADATA = MappingProxyType({})  # noqa: SLF001 - as above


def _fractions(fractions: Any) -> None:
    if (hashes := getattr(fractions, "_hash_algorithm", None)) is not None:
        hashes.cache_clear()


def _struct(struct: Any) -> None:
    struct._clearcache()  # noqa: SLF001 - as above


def _addresses(parse: Any) -> None:
    parse.clear_cache()


_TEMPLATE_GROUPS = {"escaped": 1, "named": 2, "braced": 3, "invalid": 4}
# `re` before `string`: the pattern of Template must be made anew.
_CLEANERS = {
    "typing": _typing,
    "re": _re,
    "_strptime": _strptime,
    "string": _template,
    "dataclasses": _dataclasses,
    "fractions": _fractions,
    "struct": _struct,
    "urllib.parse": _addresses,
}
