"""Values from outside for a function of a program: coerced to its annotations, checked against its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaError, UsageError
from dana_poet.runtime.coerce import coerce

if TYPE_CHECKING:
    from collections.abc import Sequence

SIMPLE = {"int": int, "float": float, "str": str, "bool": bool, "list": list, "dict": dict, "tuple": tuple, "set": set}
TAKES_ANY_KEYWORD = 0x08


class Given(str):
    """A `key=value` of the command line as it was typed: what it means depends on the parameter it is for."""

    __slots__ = ()


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
    known, required, takes_any = _parameters(function)
    for name in arguments:
        if name not in known and not takes_any:
            raise _unknown(name, known)
    missing = [name for name in required if name not in arguments]
    if missing:
        listed = ", ".join(f"'{name}'" for name in missing)
        one_each = " ".join(f"{name}=VALUE" for name in missing)
        what = "a value for" if len(missing) == 1 else "values for"
        raise UsageError(f"{what} {listed} {'is' if len(missing) == 1 else 'are'} missing", hint=f"give {one_each}")
    types = _annotations(function)
    return {
        name: _coerced(name, value, annotated_type(types.get(name, Any), names)) for name, value in arguments.items()
    }


def _parameters(function: Any) -> tuple[Sequence[str], Sequence[str], bool]:
    """Return the names of all parameters, of those without a default, and whether any other keyword is taken."""
    code = getattr(function, "__code__", None)
    if code is None or hasattr(function, "__wrapped__"):
        return _inspected(function)
    count = code.co_argcount
    by_name = code.co_varnames[count : count + code.co_kwonlyargcount]
    known = code.co_varnames[: count + len(by_name)]
    required = known[: count - len(function.__defaults__ or ())]
    required += tuple(name for name in by_name if name not in (function.__kwdefaults__ or {}))
    return known, required, bool(code.co_flags & TAKES_ANY_KEYWORD)


def _inspected(function: Any) -> tuple[Sequence[str], Sequence[str], bool]:
    """Return the same of a pipeline or of a function that decorators stand around."""
    import inspect

    parameters = inspect.signature(function).parameters.values()
    named = [one for one in parameters if one.kind in {one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY}]
    required = [one.name for one in named if one.default is one.empty]
    return [one.name for one in named], required, any(one.kind is one.VAR_KEYWORD for one in parameters)


def _annotations(function: Any) -> dict[str, Any]:
    if hasattr(function, "__code__") and not hasattr(function, "__wrapped__"):
        found: dict[str, Any] = function.__annotations__
        return found
    import inspect

    parameters = inspect.signature(function).parameters.values()
    return {one.name: one.annotation for one in parameters if one.annotation is not one.empty}


def _unknown(name: str, known: Sequence[str]) -> UsageError:
    import difflib

    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean '{near[0]}'?" if near else f"__main__ takes {', '.join(known) or 'no arguments'}"
    return UsageError(f"__main__ has no parameter '{name}'", hint=hint)


def _coerced(name: str, value: Any, target: Any) -> Any:
    try:
        return coerce(_meant(value, target) if type(value) is Given else value, target, deep=True)
    except (DanaError, TypeError, ValueError) as error:
        from dana_poet.runtime.explanations import explained

        message, hint = explained(error, [])
        raise UsageError(f"argument '{name}': {message}", hint=hint) from None


def _meant(given: Given, target: Any) -> Any:
    """Return what a typed value means: for text it stays as it was typed (`version=1.10`), unless it is quoted."""
    value = parse_value(given)
    wants_text = str in getattr(target, "__args__", (target,)) and not hasattr(target, "__origin__")
    if wants_text and isinstance(value, (bool, int, float)) and type(value) not in getattr(target, "__args__", ()):
        return str(given)
    return value


def parse_value(text: str) -> Any:
    """Return what a `key=value` of the command line means: JSON where it is, `@file.json`, else text.

    >>> parse_value("3"), parse_value("[1, 2]"), parse_value("hello")
    (3, [1, 2], 'hello')
    """
    import json

    if text.startswith("@"):
        return _from_file(text[1:])
    try:
        return json.loads(text, parse_constant=_no_constant)
    except ValueError:
        return str(text)
    except RecursionError:
        raise UsageError("the value is nested too deeply") from None


def _no_constant(word: str) -> Any:
    raise ValueError(word)  # NaN and Infinity are text, as they are no JSON


def _from_file(file: str) -> Any:
    import json

    hint = f"for text that begins with @ write name='\"@{file}\"'"
    try:
        with open(file, encoding="utf-8") as stream:
            return json.load(stream)
    except OSError as error:
        raise UsageError(f"cannot read {file or 'a file without a name'}: {error.strerror}", hint=hint) from None
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise UsageError(f"{file} is not JSON: {why}") from None
