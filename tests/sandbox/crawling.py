"""Walk over everything that attributes alone lead to from an object, in names that a program may spell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_sandbox.names import GUARDED_ATTRIBUTES, INTERPRETER_ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

HIDDEN = INTERPRETER_ATTRIBUTES | GUARDED_ATTRIBUTES | {"format", "format_map"}
# What must never be found, at any depth.
FORBIDDEN = {
    id(value)
    for value in (eval, exec, open, compile, __import__, getattr, setattr, delattr, globals, locals, vars, input)
}


def legal_names(value: object) -> Iterator[str]:
    """Yield the attributes of `value` that a program can spell."""
    for name in dir(value):
        if not name.startswith("_") and name not in HIDDEN:
            yield name


def crawl(root: object, path: str, hidden: frozenset[str] = frozenset()) -> Iterator[tuple[str, object]]:
    """Yield everything that can be reached from `root` by legal names and from containers, breadth first."""
    queue: list[tuple[str, Any]] = [(path, root)]
    seen: dict[int, object] = {}
    while queue:
        place, value = queue.pop(0)
        if id(value) in seen or isinstance(value, int | float | str | bytes | complex):
            continue
        seen[id(value)] = value
        yield place, value
        for name in legal_names(value):
            if name in hidden:
                continue
            try:
                found = getattr(value, name)
            except Exception:  # noqa: BLE001, S112 - whatever a library property raises
                continue
            if place.count(".") < 8:
                queue.append((f"{place}.{name}", found))
        if isinstance(value, list | tuple | set | frozenset):
            queue.extend((f"{place}[]", item) for item in value)
        if isinstance(value, dict):
            queue.extend((f"{place}[]", item) for pair in value.items() for item in pair)
