"""Values from outside for a function of a program: coerced to its annotations, checked against its parameters."""

from __future__ import annotations

from typing import Any

from dana_poet.errors import DanaTypeError, UsageError
from dana_poet.runtime.coerce import coerce

SIMPLE = {"int": int, "float": float, "str": str, "bool": bool, "list": list, "dict": dict, "tuple": tuple, "set": set}


def annotated_type(text: object, names: dict[str, Any]) -> Any:
    """Return the type that an annotation of a program names; what cannot be resolved means any type."""
    if not isinstance(text, str):
        return text
    if text in {"any", "Any", "object"}:
        return Any
    try:
        return eval(text, {**names, "__builtins__": names.get("__builtins__", {}) | SIMPLE | {"any": Any}})  # noqa: S307 - text that this program's own compiler wrote
    except Exception:  # noqa: BLE001 - an annotation that names nothing is documentation
        return Any


def for_function(function: Any, arguments: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    """Return `arguments` coerced for `function`. UsageError names the parameter that is missing, unknown or wrong."""
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    known = code.co_varnames[:count]
    takes_any = bool(code.co_flags & 0x08)
    for name in arguments:
        if name not in known and not takes_any:
            raise _unknown(name, known)
    required = known[: code.co_argcount - len(function.__defaults__ or ())]
    missing = [name for name in required if name not in arguments]
    if missing:
        raise UsageError(f"a value for '{missing[0]}' is missing", hint=f"give it as {missing[0]}=VALUE")
    return {name: _coerced(name, value, function, names) for name, value in arguments.items()}


def _unknown(name: str, known: tuple[str, ...]) -> UsageError:
    import difflib

    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean '{near[0]}'?" if near else f"__main__ takes {', '.join(known) or 'no arguments'}"
    return UsageError(f"__main__ has no parameter '{name}'", hint=hint)


def _coerced(name: str, value: Any, function: Any, names: dict[str, Any]) -> Any:
    target = annotated_type(function.__annotations__.get(name, Any), names)
    try:
        return coerce(value, target, deep=True)
    except DanaTypeError as error:
        raise UsageError(f"argument '{name}': {error.message}", hint=error.hint) from None


def parse_value(text: str) -> Any:
    """Return what a `key=value` of the command line means: JSON where it is, `@file.json`, else text.

    >>> parse_value("3"), parse_value("[1, 2]"), parse_value("hello")
    (3, [1, 2], 'hello')
    """
    import json

    if text.startswith("@"):
        try:
            with open(text[1:], encoding="utf-8") as stream:
                return json.load(stream)
        except OSError as error:
            raise UsageError(f"cannot read {text[1:]}: {error.strerror}") from None
        except ValueError as error:
            raise UsageError(f"{text[1:]} is not JSON: {error}") from None
    try:
        return json.loads(text)
    except ValueError:
        return text
