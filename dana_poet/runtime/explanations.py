"""What Python says about a failed operation, said again in the terms of a Dana program, with a hint where there is one.

Loaded only when something has failed.
"""

from __future__ import annotations

import difflib
import re
import sys
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaError
from dana_poet.runtime.builtins import REFUSED
from dana_poet.runtime.failures import message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dana_poet.runtime.tracebacks import Frame

CALL_CODE = "D2004"
NATIVE_CODES: tuple[tuple[type[BaseException], str], ...] = (
    (NameError, "D1001"), (ZeroDivisionError, "D2020"), (KeyError, "D2021"), (IndexError, "D2022"),
    (RecursionError, "D2023"), (AssertionError, "D2024"), (ImportError, "D2005"), (AttributeError, "D2003"),
    (TypeError, "D2001"), (ValueError, "D2002"), (KeyboardInterrupt, "D2025"), (MemoryError, "D2026"),
)  # fmt: skip
UNDEFINED = re.compile(r"^(?:name|free variable|cannot access (?:local|free) variable|local variable) '(\w+)'")
MISSING = re.compile(r"^([\w.<>]+)\(\) missing \d+ required (?:positional|keyword-only) arguments?: (.*)$")
UNEXPECTED = re.compile(r"^([\w.<>]+)\(\) got an unexpected keyword argument '(\w+)'")
TWICE = re.compile(r"^([\w.<>]+)\(\) got multiple values for (?:keyword )?argument '(\w+)'$")
TOO_MANY = re.compile(r"^([\w.<>]+)\(\) takes (.+?) positional arguments? but (\d+) (?:was|were) given$")
CONVERT = "turn the value into text with str(...)"
REWORDED: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern), message, hint)
    for pattern, message, hint in (
        (r"^unsupported operand type\(s\) for (\S+?)=?: '(.+)' and '(.+)'$", "'{0}' does not work between {1} and {2}", ""),
        (r"^unsupported operand type\(s\) for \*\* or pow\(\): '(.+)' and '(.+)'$",
         "'**' does not work between {0} and {1}", ""),
        (r'^can only concatenate (str) \(not "(.+)"\) to str$', "'+' does not work between {0} and {1}", CONVERT),
        (r'^can only concatenate (\w+) \(not "(.+)"\) to \w+$', "'+' does not work between {0} and {1}", ""),
        (r"^can't multiply sequence by non-int of type '(.+)'$", "text and lists are multiplied by an int, not by {0}", ""),
        (r"^'(\S+)' not supported between instances of '(.+)' and '(.+)'$", "'{0}' does not work between {1} and {2}", ""),
        (r"^bad operand type for unary (\S): '(.+)'$", "'{0}' does not work on {1}", ""),
        (r"^'int' object is not iterable$", "an int has no elements to go through", "use range(n) to count"),
        (r"^'(.+)' object is not iterable$", "{0} has no elements to go through", ""),
        (r"^'(.+)' object is not subscriptable$", "{0} has no elements: it takes no [...]", ""),
        (r"^'(.+)' object does not support item (?:assignment|deletion)$", "the elements of {0} cannot be changed", ""),
        (r"^object of type '(.+)' has no len\(\)$", "{0} has no length", ""),
        (r"^argument of type '(.+)' is not (?:iterable|a container or iterable)$", "'in' does not look into {0}", ""),
        (r"^cannot unpack non-iterable (.+) object$", "{0} cannot be split over several names", ""),
        (r"^unhashable type: '(.+)'$", "a {0} cannot be a key of a dict or an element of a set", "use a tuple"),
        (r"^(.+) object is not an? (?:context manager|async).*$", "{0} does not work with 'with'", ""),
        (r"^'(.+)' object does not support the context manager protocol.*$", "{0} does not work with 'with'", ""),
        (r"^(int|float)\(\) argument must be .* not '(.+)'$", "{0}() cannot make a number of {1}", ""),
        (r"^invalid literal for int\(\) with base 10: (.*)$", "{0} is not a whole number", ""),
        (r"^could not convert string to float: (.*)$", "{0} is not a number", ""),
        (r"^not enough values to unpack \(expected (.*), got (\d+)\)$", "{0} names, but {1} values", ""),
        (r"^too many values to unpack \(expected (\d+)(?:, got \d+)?\)$", "{0} names, but more values than that", ""),
        (r"^Unknown format code '(.+)' for object of type '(.+)'$", "'{0}' cannot format {1}", ""),
        (r"^'(.+)' object cannot be interpreted as an integer$", "an int is needed here, not {0}", ""),
        (r"^'(.+)' object has no attribute '(\w+)'$", "{0} has no field '{1}'", ""),
        (r"^exceptions must derive from BaseException$", "only errors and text can be raised", 'raise "what went wrong"'),
    )
)  # fmt: skip


def code_of(error: BaseException) -> str:
    """Return the diagnostic code of an error."""
    if isinstance(error, DanaError):
        return error.code
    if type(error) is TypeError and any(form.match(str(error)) for form in (MISSING, UNEXPECTED, TWICE, TOO_MANY)):
        return CALL_CODE
    return next((code for kind, code in NATIVE_CODES if isinstance(error, kind)), "D2000")


def explained(error: BaseException, frames: list[Frame]) -> tuple[str, str]:
    """Return message and hint for an error, in the terms of the program that failed.

    What Python says itself keeps the name of the error's class in front, because `except` takes it.
    """
    if isinstance(error, DanaError):
        return error.message, error.hint
    for kind, explain in EXPLAINERS:
        if isinstance(error, kind):
            found = explain(error, frames)
            if found is not None:
                return found
    message, name = message_of(error), type(error).__name__
    return f"{name}: {message}" if message else name, HINTS.get(type(error), "")


HINTS: dict[type[BaseException], str] = {
    ZeroDivisionError: "test the divisor before dividing",
    MemoryError: "the program asked for more memory than there is",
}


def _undefined(error: Any, frames: list[Frame]) -> tuple[str, str] | None:
    found = UNDEFINED.match(str(error))
    name = error.name or (found.group(1) if found else "")
    if not name:
        return None
    if name in REFUSED:
        return f"'{name}' is not part of Dana", REFUSED[name]
    if "referenced before assignment" in str(error) or "not associated with a value" in str(error):
        return (
            f"'{name}' is read before it has a value here",
            "assign it first; assignments in a function are local to it",
        )
    return f"'{name}' is not defined", _where_else(name, frames[-1].names if frames else {})


def _where_else(name: str, names: dict[str, Any]) -> str:
    """Return the hint for a name that is not there: a field of `self`, a name like it, or a module to import."""
    owner = names.get("self")
    if owner is not None and name in _fields(owner):
        return f"did you mean 'self.{name}'?"
    known = [*names, *names.get("__builtins__", {})]
    near = nearest(name, (other for other in known if not other.startswith("_")))
    if near:
        return f"did you mean '{near}'?"
    if name in sys.stdlib_module_names:
        return f"to use the Python module: import {name}.py as {name}"
    return "assign it first, import it, or write private:x for a scoped one"


def _fields(owner: Any) -> Iterable[str]:
    return getattr(type(owner), "__dana_fields__", None) or (name for name in dir(owner) if not name.startswith("_"))


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the name that was probably meant, or nothing.

    >>> nearest("totl", ["total", "count"])
    'total'
    """
    return next(iter(difflib.get_close_matches(name, known, 1)), "")


def _wrong_type(error: BaseException, frames: list[Frame]) -> tuple[str, str] | None:
    message = message_of(error)
    return _wrong_call(message, frames) or _not_callable(message, frames) or _reworded(message)


def _reworded(message: str) -> tuple[str, str] | None:
    for pattern, better, hint in REWORDED:
        found = pattern.match(message)
        if found:
            return better.format(*map(_dana_type, found.groups())), hint
    return None


def _dana_type(name: str) -> str:
    return name.replace("NoneType", "None").replace("builtin_function_or_method", "function")


def _not_callable(message: str, frames: list[Frame]) -> tuple[str, str] | None:
    found = re.match(r"^'(.+)' object is not callable$", message)
    if not found:
        return None
    written = frames[-1].text.partition("(")[0].strip() if frames else ""
    kind = _dana_type(found.group(1))
    what = f"'{written}' is" if re.fullmatch(r"[\w.]+", written) else "this is"
    return f"{what} {kind if kind == 'None' else f'of type {kind}'} and cannot be called", ""


def _wrong_call(message: str, frames: list[Frame]) -> tuple[str, str] | None:
    missing = MISSING.match(message)
    if missing:
        name, takes = _parameters(missing.group(1), frames)
        return f"{name} needs a value for {missing.group(2)}", takes
    unexpected = UNEXPECTED.match(message)
    if unexpected:
        return _unexpected(unexpected.group(1), unexpected.group(2), frames)
    twice = TWICE.match(message)
    if twice:
        name, takes = _parameters(twice.group(1), frames)
        return f"{name} is given '{twice.group(2)}' twice", takes
    many = TOO_MANY.match(message)
    if many:
        name, takes = _parameters(many.group(1), frames)
        takes = takes or _forgotten_self(_short(many.group(1)), frames)
        allowed, given, what = _without_self(many.group(2), int(many.group(3)), many.group(1))
        return f"{name} takes {allowed} {what}, {given} {'was' if given == 1 else 'were'} given", takes
    return None


def _forgotten_self(name: str, frames: list[Frame]) -> str:
    """Return the hint for a method that does not name the value it is called on."""
    called_on_a_value = bool(frames) and f".{name.rpartition('.')[2]}(" in frames[-1].text
    return "the first parameter of a method is self" if called_on_a_value else ""


def _without_self(allowed: str, given: int, name: str) -> tuple[str, int, str]:
    """Return the counts of a complaint about too many arguments, without the instance of a constructor or method."""
    hidden = 1 if "." in name.rpartition("<locals>.")[2] else 0
    counts = [str(int(number) - hidden) for number in re.findall(r"\d+", allowed)]
    text = " to ".join(counts)
    return ("no" if text == "0" else text), given - hidden, "argument" if text == "1" else "arguments"


def _unexpected(function: str, keyword: str, frames: list[Frame]) -> tuple[str, str]:
    shown, takes = _parameters(function, frames)
    fields, known = _known(function, frames)
    near = nearest(keyword, known)
    hint = f"did you mean '{near}'?" if near else takes
    return f"{shown} has no {'field' if fields else 'parameter'} '{keyword}'", hint


def _parameters(function: str, frames: list[Frame]) -> tuple[str, str]:
    """Return how messages call a function or struct, and the hint that says what it takes."""
    _, known = _known(function, frames)
    if "<lambda>" in function:
        return "the lambda", f"it takes {', '.join(known)}" if known else ""
    return _short(function) + "()", f"it takes {', '.join(known)}" if known else ""


def _short(function: str) -> str:
    return function.removesuffix(".__init__").rpartition("<locals>.")[2]


def _known(function: str, frames: list[Frame]) -> tuple[bool, list[str]]:
    """Return whether a function makes a struct, and the names of its fields or parameters."""
    target = _found(_short(function), frames[-1].names if frames else {})
    fields = getattr(target, "__dana_fields__", None)
    if fields:
        return True, list(fields)
    code = getattr(target, "__code__", None)
    if code is None:
        return False, []
    names = list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    return False, names[1:] if names[:1] == ["self"] else names


def _found(dotted: str, names: dict[str, Any]) -> Any:
    value: Any = None
    for index, name in enumerate(dotted.split(".")):
        value = names.get(name) if index == 0 else getattr(value, name, None)
    return value


def _missing_member(error: Any, frames: list[Frame]) -> tuple[str, str] | None:
    del frames
    if not error.name or (error.obj is None and "NoneType" not in str(error)):
        return _reworded(str(error))
    from dana_poet.runtime.members import missing_member

    better = missing_member(error.obj, error.name)
    return better.message, better.hint


def _missing_key(error: BaseException, frames: list[Frame]) -> tuple[str, str] | None:
    owner = _indexed(frames)
    if not isinstance(owner, dict) or len(error.args) != 1:
        return None
    key = error.args[0]
    near = nearest(key, (other for other in owner if isinstance(other, str))) if isinstance(key, str) else ""
    listed = ", ".join(map(repr, list(owner)[:8]))
    hint = f"did you mean {near!r}?" if near else f"it has {listed}" if listed and len(owner) <= 30 else ""
    return f"KeyError: {message_of(error)}", hint


def _out_of_range(error: BaseException, frames: list[Frame]) -> tuple[str, str] | None:
    owner = _indexed(frames)
    if not isinstance(owner, (list, tuple, str)):
        return None
    count = len(owner)
    last = f", the last one at {count - 1}" if count else ""
    return f"IndexError: {error}", f"there {'is 1 element' if count == 1 else f'are {count} elements'}{last}"


def _indexed(frames: list[Frame]) -> Any:
    """Return the value of `name` in the `name[...]` that failed, when it is written that plainly."""
    found = re.match(r"^([^\W\d]\w*)\[", frames[-1].text) if frames else None
    return frames[-1].names.get(found.group(1)) if found else None


def _too_deep(error: BaseException, frames: list[Frame]) -> tuple[str, str]:
    del error, frames
    return "the program calls itself too deeply", "give the recursion an end, or use a loop"


def _not_so(error: BaseException, frames: list[Frame]) -> tuple[str, str]:
    del frames
    return message_of(error) or "the assertion does not hold", ""


def _wrong_value(error: BaseException, frames: list[Frame]) -> tuple[str, str] | None:
    del frames
    return _reworded(message_of(error))


EXPLAINERS: tuple[tuple[type[BaseException], Callable[[Any, list[Frame]], tuple[str, str] | None]], ...] = (
    (NameError, _undefined), (AttributeError, _missing_member), (TypeError, _wrong_type), (KeyError, _missing_key),
    (IndexError, _out_of_range), (ValueError, _wrong_value), (RecursionError, _too_deep), (AssertionError, _not_so),
)  # fmt: skip
