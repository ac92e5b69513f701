"""Typed fields of agents and resources: defaults, checks on construction and on every assignment, delegation."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any, TypeAlias

from dana_poet.errors import DanaAttributeError, DanaCallError
from dana_poet.runtime.coerce import check_field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    FieldSpec: TypeAlias = tuple[str, Callable[[], object] | None, Callable[[], object] | None]

EMPTY_VALUES: dict[object, Callable[[], object]] = {
    kind: kind for kind in (list, dict, set, tuple, int, float, str, bool)
}
"""What a `state:` field without default starts as, by its type. Every other type starts as null."""


class Field:
    """One field as written: its name, the thunks for its type and default, and whether it stands under `state:`."""

    __slots__ = ("_known", "_target", "default", "in_state", "name", "type_thunk")

    def __init__(self, spec: FieldSpec, *, in_state: bool) -> None:
        self.name, self.type_thunk, self.default = spec
        self.in_state = in_state
        self._known = False
        self._target: object = object

    @property
    def target(self) -> object:
        """The declared type, looked up when first asked for; `object` when none was written."""
        if not self._known:
            self._target = self.type_thunk() if self.type_thunk is not None else object
            self._known = True
        return self._target

    def empty(self) -> object:
        """Return the value that a `state:` field without default starts as."""
        target = self.target
        origin = target.__origin__ if isinstance(target, types.GenericAlias) else target
        make = EMPTY_VALUES.get(origin) if isinstance(origin, type) else None
        return make() if make is not None else None


class FieldTable:
    """The fields of one agent or resource type, in the order they are written."""

    __slots__ = ("by_name", "owner")

    def __init__(self, owner: str, fields: Iterable[Field]) -> None:
        self.owner = owner
        self.by_name = {field.name: field for field in fields}

    def check(self, name: str, value: Any) -> Any:
        """Return `value` as the field takes it; int widens to float. DanaTypeError names the field."""
        return check_field(self.owner, name, value, self.by_name[name].target)

    def values(self, given: Mapping[str, object], known: Iterable[str] = ()) -> dict[str, object]:
        """Return a value for every field: the given one, else the default.

        `known` are further keyword names that the caller handles. DanaCallError for an unknown or a missing name.
        """
        self.refuse_unknown(given, known)
        values: dict[str, object] = {}
        missing = []
        for name, field in self.by_name.items():
            if name in given:
                values[name] = self.check(name, given[name])
            elif field.default is not None:
                values[name] = self.check(name, own(field.default()))
            elif field.in_state:
                values[name] = field.empty()
            else:
                missing.append(name)
        if missing:
            raise self.missing(missing)
        return values

    def refuse_unknown(self, given: Iterable[str], known: Iterable[str]) -> None:
        """DanaCallError for the first given name that is neither a field nor in `known`."""
        allowed = {*self.by_name, *known}
        for name in given:
            if name not in allowed:
                raise DanaCallError(f"{self.owner} has no field '{name}'", hint=did_you_mean(name, allowed))

    def missing(self, names: list[str]) -> DanaCallError:
        """Return the error for fields that have neither a value nor a default."""
        listed = ", ".join(f"'{name}'" for name in names)
        plural = "s" if len(names) > 1 else ""
        example = ", ".join(f"{name}=..." for name in names)
        return DanaCallError(
            f"{self.owner} needs a value for the field{plural} {listed}", hint=f"{self.owner}({example})"
        )

    def named(self, args: tuple[object, ...], kwargs: dict[str, object]) -> dict[str, object]:
        """Return positional and keyword arguments as keywords; positional ones fill the fields in order."""
        order = [name for name, field in self.by_name.items() if not field.in_state]
        if len(args) > len(order):
            raise DanaCallError(f"{self.owner} takes {len(order)} positional values, got {len(args)}")
        by_position = dict(zip(order, args, strict=False))
        for name in by_position:
            if name in kwargs:
                raise DanaCallError(f"{self.owner} got two values for the field '{name}'")
        return by_position | kwargs

    def delegates(self) -> tuple[str, ...]:
        """Return the fields whose fields and methods read as the owner's own: those that begin with `_`."""
        return tuple(name for name in self.by_name if name.startswith("_"))

    def no_such(self, name: str, others: Iterable[str] = ()) -> DanaAttributeError:
        """Return the error for a member that does not exist."""
        hint = did_you_mean(name, (*self.by_name, *others))
        return DanaAttributeError(f"{self.owner} has no field or method '{name}'", hint=hint)


def own(default: Any) -> Any:
    """Return a default for one instance: a list, dict or set that the program also holds elsewhere is copied."""
    return default.copy() if type(default) in {list, dict, set} else default


def shown_fields(owner: str, values: Iterable[tuple[str, object]], busy: set[int], key: int) -> str:
    """Return `owner(a=1, b='x')`; `owner(...)` when `key` is being shown already, so that cycles end."""
    if key in busy:
        return f"{owner}(...)"
    busy.add(key)
    try:
        return f"{owner}({', '.join(f'{name}={value!r}' for name, value in values)})"
    finally:
        busy.discard(key)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint with the known name nearest to `name`, else all known names when they are few.

    >>> did_you_mean("domian", ["domain", "name"])
    "did you mean 'domain'?"
    """
    import difflib

    names = sorted(name for name in set(known) if not name.startswith("__"))
    nearest = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if nearest:
        return f"did you mean '{nearest[0]}'?"
    return f"known: {', '.join(names)}" if 0 < len(names) <= 12 else ""
