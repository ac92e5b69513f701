"""Typed assignment: turn a value into the type that was written, or say why that cannot be (LANGUAGE, section 3)."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaError, DanaTypeError
from dana_poet.runtime.operators import as_text, described
from dana_poet.runtime.truth import answer_truth

if TYPE_CHECKING:
    from collections.abc import Callable

CONTAINERS = (list, tuple, set, frozenset, dict)


def type_name(target: object) -> str:
    """Return how Dana writes a type.

    >>> type_name(int), type_name(list[str]), type_name(None)
    ('int', 'list[str]', 'None')
    """
    if target is None or target is type(None):
        return "None"
    if is_any(target):
        return "any"
    if isinstance(target, types.UnionType):
        return " | ".join(type_name(member) for member in target.__args__)
    if isinstance(target, types.GenericAlias):
        return f"{type_name(target.__origin__)}[{', '.join(type_name(member) for member in target.__args__)}]"
    return str(getattr(target, "__name__", target))


def is_any(target: object) -> bool:
    """Whether every value fits `target`."""
    return target is object or target is Any or target == "any"


def fits(value: object, target: Any) -> bool:
    """Whether `value` already has type `target`; elements of containers are not looked at. None fits any type."""
    if value is None or is_any(target):
        return True
    if target is None or target is type(None):
        return False
    if isinstance(target, types.UnionType):
        return any(fits(value, member) for member in target.__args__)
    if isinstance(target, types.GenericAlias):
        target = target.__origin__
    if target is float or target is int:
        return isinstance(value, target) and not isinstance(value, bool)
    try:
        return isinstance(value, target)
    except TypeError:
        return True  # a hint that says nothing checkable, such as typing.Callable[..., int]


def coerce(value: Any, target: Any, *, deep: bool = False) -> Any:
    """Return `value` as `target`, or raise DanaTypeError.

    `deep` coerces the elements of containers too: for literals, JSON text and answers of a model.

    >>> coerce("42", int), coerce(2.9, int), coerce('[1, "2"]', list[int])
    (42, 2, [1, 2])
    >>> coerce("abc", int)
    Traceback (most recent call last):
    dana_poet.errors.DanaTypeError: cannot coerce 'abc' (str) to int
    """
    if value is None or is_any(target) or target is None:
        return value
    promises = sys.modules.get("dana_poet.runtime.promise")
    if promises is not None:
        value = promises.force(value)
    if isinstance(target, types.UnionType):
        return _to_union(value, target, deep)
    origin = target.__origin__ if isinstance(target, types.GenericAlias) else target
    convert = _CONVERTERS.get(origin) if isinstance(origin, type) else None
    if convert is not None:
        deep = deep or isinstance(value, str)
        result = convert(value, target)
        return _elements(result, target) if deep and isinstance(target, types.GenericAlias) else result
    if hasattr(origin, "__dana_fields__"):
        return _to_struct(value, origin)
    if fits(value, origin):
        return value
    raise failure(value, target)


def failure(value: object, target: object, hint: str = "") -> DanaTypeError:
    """Return the error for a value that cannot become `target`."""
    return DanaTypeError(f"cannot coerce {described(value)} to {type_name(target)}", hint=hint)


def _to_int(value: Any, target: object) -> int:
    if isinstance(value, (int, str, float)):
        try:
            return int(value)
        except (ValueError, OverflowError) as error:
            raise failure(value, target) from error
    raise failure(value, target)


def _to_float(value: Any, target: object) -> float:
    if isinstance(value, (int, str, float)):
        try:
            return float(value)
        except (ValueError, OverflowError) as error:
            raise failure(value, target) from error
    raise failure(value, target)


def _to_text(value: Any, _target: object) -> str:
    if isinstance(value, str):
        return value
    return as_text(value) if isinstance(value, bool) else str(value)


def _to_bool(value: Any, target: object) -> bool:
    if isinstance(value, str):
        said = answer_truth(value)
        if said is None:
            raise failure(value, target, "text becomes a bool when it is or begins with a word such as yes or no")
        return said
    if isinstance(value, (int, float)):
        return value != 0
    raise failure(value, target)


def _to_list(value: Any, target: object) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        value = parse_json(value, target)
        if isinstance(value, list):
            return value
    elif isinstance(value, (tuple, set, frozenset, range)):
        return list(value)
    raise failure(value, target)


def _to_dict(value: Any, target: object) -> dict[Any, Any]:
    if isinstance(value, dict):
        return value
    if isinstance(value, str):
        parsed = parse_json(value, target)
        if isinstance(parsed, dict):
            return parsed
    raise failure(value, target)


def _to_tuple(value: Any, target: object) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else tuple(_to_list(value, target))


def _to_set(value: Any, target: object) -> set[Any]:
    return value if isinstance(value, set) else set(_to_list(value, target))


_CONVERTERS: dict[type, Callable[[Any, Any], Any]] = {
    int: _to_int, float: _to_float, str: _to_text, bool: _to_bool,
    list: _to_list, dict: _to_dict, tuple: _to_tuple, set: _to_set,
}  # fmt: skip


def parse_json(text: str, target: object) -> Any:
    """Return what JSON text says, inside a Markdown fence too; DanaTypeError names `target` otherwise."""
    import json

    body = text.strip()
    if body.startswith("```"):
        body = body[3:].removesuffix("```")
        first, _, rest = body.partition("\n")
        body = rest if first.strip().isalpha() or not first.strip() else body
    try:
        return json.loads(body)
    except ValueError as error:
        raise failure(text, target, "text becomes a list, dict or struct when it is JSON") from error


def _elements(value: Any, target: types.GenericAlias) -> Any:
    arguments = target.__args__
    if isinstance(value, dict):
        if len(arguments) != 2:
            return value
        key_type, value_type = arguments
        return {coerce(k, key_type, deep=True): coerce(v, value_type, deep=True) for k, v in value.items()}
    if isinstance(value, tuple) and len(arguments) > 1 and arguments[-1] is not Ellipsis:
        if len(value) != len(arguments):
            raise failure(value, target, f"{len(arguments)} values are needed")
        return tuple(coerce(item, kind, deep=True) for item, kind in zip(value, arguments, strict=True))
    return type(value)(coerce(item, arguments[0], deep=True) for item in value)


def _to_union(value: Any, target: types.UnionType, deep: bool) -> Any:
    for member in target.__args__:
        if fits(value, member):
            return coerce(value, member, deep=deep) if deep else value
    for member in target.__args__:
        try:
            return coerce(value, member, deep=deep)
        except DanaError:
            continue
    raise failure(value, target)


def _to_struct(value: Any, target: Any) -> Any:
    if isinstance(value, target):
        return value
    if isinstance(value, str):
        value = parse_json(value, target)
    if not isinstance(value, dict):
        raise failure(value, target)
    fields = target.__dana_fields__
    known = {name: coerce(item, fields[name][0], deep=True) if name in fields else item for name, item in value.items()}
    return target(**known)


def check_field(owner: str, field: str, value: Any, target: Any) -> Any:
    """Return `value` for a field of type `target`: int widens to float, anything else of a wrong type is an error.

    >>> check_field("P", "x", 1, float)
    1.0
    """
    if fits(value, target):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and fits(1.0, target):
        return float(value)
    if isinstance(value, bool) and fits(1, target):
        return value
    raise DanaTypeError(f"field '{field}' of {owner} takes {type_name(target)}, got {described(value)}")
