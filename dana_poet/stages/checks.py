"""One check for each hint: strict for Python, where nothing but int for float is converted, and as Dana has it for Dana."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Union, get_args, get_origin

from dana_poet.errors import DanaTypeError
from dana_poet.runtime.coerce import coerce, fits, type_name

Check = Callable[[Any], Any]
"""Returns the value, converted where that loses nothing, or raises Misfit."""
BASIC = (int, float, complex, str, bool, bytes, bytearray, list, dict, tuple, set, frozenset)
FROM_TEXT = (int, float, str, bool, list, dict, tuple, set)
NUMBERS = (int, float, complex)


class Misfit(Exception):  # noqa: N818 - it becomes PoetValidationError where the parameter is known
    """A value does not fit its hint. `detail` says more than the hint does, where there is more to say."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


def check_of(hint: Any) -> Check | None:
    """Return the strict check of a hint; None for a hint that every value fits or that cannot be checked.

    >>> check_of(float)(3), check_of(int | None)(None), check_of(Any)
    (3.0, None, None)
    """
    if isinstance(hint, typing.NewType):
        return check_of(hint.__supertype__)
    if hint is Any or hint is object or isinstance(hint, (typing.TypeVar, str)):
        return None
    if hint is None or hint is type(None):
        return partial(_basic, type(None))
    origin: Any = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _union(get_args(hint))
    if origin is None and hint in BASIC:
        return partial(_basic, hint)
    if typing.is_typeddict(hint):
        return _typed_dict(hint)
    if isinstance(hint, type) and not isinstance(hint, types.GenericAlias):
        return _class(hint)
    return Checked(hint)


def _class(hint: Any) -> Check | None:
    if getattr(hint, "_is_protocol", False) and not getattr(hint, "_is_runtime_protocol", False):
        return None
    return partial(_basic, hint)


def _typed_dict(hint: Any) -> Check:
    """Check the fields of a TypedDict here: pydantic refuses those of `typing` before Python 3.12."""
    fields = {name: check_of(kind) for name, kind in typing.get_type_hints(hint, include_extras=True).items()}

    def check(value: Any) -> Any:
        if not isinstance(value, dict):
            raise Misfit
        if missing := hint.__required_keys__ - value.keys():
            raise Misfit(f"[{min(missing)!r}] is missing")
        for name, field in fields.items():
            try:
                if name in value and field is not None:
                    field(value[name])
            except Misfit as misfit:
                raise Misfit(f"[{name!r}]: {misfit.detail or 'it has another type'}") from None
        return value

    return check


def _basic(kind: Any, value: Any) -> Any:
    """Check one class. A bool is no number; an int is a float."""
    if isinstance(value, kind) and not (kind in NUMBERS and isinstance(value, bool)):
        return value
    if kind in (float, complex) and isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return kind(value)
        except OverflowError as error:
            raise Misfit("it is too large for a float") from error
    raise Misfit


def _union(members: tuple[Any, ...]) -> Check | None:
    checks = [check_of(member) for member in members]
    if None in checks:
        return None
    exact = [member for member in members if isinstance(member, type)]

    def check(value: Any) -> Any:
        if any(type(value) is member for member in exact):
            return value
        details = []
        for one in checks:
            try:
                return typing.cast("Check", one)(value)
            except Misfit as misfit:
                details.append(misfit.detail)
        raise Misfit(next(filter(None, details), ""))

    return check


class Checked:
    """A check that pydantic makes, in strict mode, when the first value needs it.

    The value itself is kept: pydantic copies containers, and a function may change the list that it is given. What a
    validator of `Annotated` makes of a value is taken, since that is what it is there for.
    """

    __slots__ = ("_converts", "_validate", "hint")

    def __init__(self, hint: Any) -> None:
        self.hint = hint
        self._converts = get_origin(hint) is Annotated
        self._validate: Any = None

    def __call__(self, value: Any) -> Any:
        """Return the value. Misfit says where in it, and why."""
        from pydantic import ValidationError

        if self._validate is None:
            self._validate = _validator(self.hint)
        try:
            found = self._validate(value, strict=True)
        except ValidationError as error:
            raise Misfit(_detail(error)) from None
        if not self._converts:
            return value
        return value if type(found) is type(value) and _same(found, value) else found


def _validator(hint: Any) -> Callable[..., Any]:
    """Return what validates a hint; what pydantic has no notion of is let through."""
    from pydantic import ConfigDict, TypeAdapter
    from pydantic.errors import PydanticSchemaGenerationError, PydanticUndefinedAnnotation, PydanticUserError

    for config in (ConfigDict(arbitrary_types_allowed=True), None):
        try:
            return TypeAdapter(hint, config=config).validate_python
        except (PydanticUserError, PydanticSchemaGenerationError, PydanticUndefinedAnnotation, TypeError, NameError):
            continue
    return lambda value, **_strict: value


def _detail(error: Any) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = "".join(f"[{part!r}]" for part in first["loc"])
    return f"{place}: {first['msg']}" if place else str(first["msg"])


def _same(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except (TypeError, ValueError):  # arrays compare element by element
        return False


def dana_check(hint: Any) -> Check | None:
    """Return the check that Dana has: text becomes a basic type, null fits every type, elements are not looked at.

    >>> dana_check(int)("21"), dana_check(float)(2), dana_check(int)(None)
    (21, 2.0, None)
    """
    if hint is Any or hint is object or hint is None or hint is type(None) or isinstance(hint, str):
        return None
    from_text = getattr(hint, "__origin__", hint) in FROM_TEXT

    def check(value: Any) -> Any:
        if fits(value, hint):
            return value
        widens = hint is float and isinstance(value, int) and not isinstance(value, bool)
        if widens or (from_text and isinstance(value, str)):
            try:
                return coerce(value, hint)
            except DanaTypeError as error:
                raise Misfit from error
        raise Misfit

    return check


def shown(hint: Any) -> str:
    """Return how a person writes a hint.

    >>> shown(Annotated[int, "at least 1"]), shown(list[int] | None), shown(typing.Optional[str])
    ('int', 'list[int] | None', 'str | None')
    """
    if get_origin(hint) is Annotated:
        return shown(get_args(hint)[0])
    if get_origin(hint) in (Union, types.UnionType):
        return " | ".join(shown(member) for member in get_args(hint))
    if get_origin(hint) is not None and not isinstance(hint, types.GenericAlias):
        return str(hint).replace("typing.", "")
    return type_name(hint)
