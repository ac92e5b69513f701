"""The options of `reason` and `llm`: checked once, misspelt names refused, older spellings understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from dana_poet.errors import DanaTypeError, DanaValueError


class Options(NamedTuple):
    """What a program may say about one question. None leaves the choice to settings and server."""

    temperature: float | None = None
    max_tokens: int | None = None
    timeout_seconds: float | None = None
    model: str | None = None
    system_message: str | None = None
    format: str = "text"
    context: Any = None
    resources: Any = None
    agents: Any = None


# The first is what other model libraries call it. `enable_ipv` steered an optimiser of older Dana; what it did for
# the answer is always done now, so that files which set it still run.
_OTHER_NAMES = {"system": "system_message", "system_prompt": "system_message", "timeout": "timeout_seconds"}
_WITHOUT_EFFECT = frozenset({"enable_ipv"})


def read_options(options: Mapping[str, object] | None, more: Mapping[str, object]) -> Options:
    """Return the options of a call; keywords stand over the `options` dict, and null says nothing.

    DanaValueError for an unknown name or a value out of range, DanaTypeError for a value of the wrong type.

    >>> read_options({"temperature": 0}, {"max_tokens": 50}).temperature
    0.0
    """
    if options is not None and not isinstance(options, Mapping):
        raise DanaTypeError("the options of a model call are a dict", hint='write {"temperature": 0.2}')
    given: dict[str, Any] = {}
    for name, value in (*(options or {}).items(), *more.items()):
        if name not in _WITHOUT_EFFECT and (known := _known(name)) and value is not None:
            given[known] = _CHECKS[known](known, value) if known in _CHECKS else value
    return Options(**given)


def _known(name: str) -> str:
    name = _OTHER_NAMES.get(name, name)
    if name in Options._fields:
        return name
    from difflib import get_close_matches

    near = get_close_matches(str(name), Options._fields, 1)
    known = ", ".join(Options._fields)
    hint = f"did you mean '{near[0]}'?" if near else f"options are {known}"
    raise DanaValueError(f"a model call has no option '{name}'", hint=hint)


def _number(low: float, high: float, rule: str) -> Callable[[str, Any], float]:
    def check(name: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise DanaTypeError(f"option '{name}' takes a number, got {value!r}")
        if not low <= value <= high:
            raise DanaValueError(f"option '{name}' must be {rule}, got {value!r}")
        return float(value)

    return check


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise DanaTypeError(f"option '{name}' takes a whole number, got {value!r}")
    if value < 1:
        raise DanaValueError(f"option '{name}' must be at least 1, got {value!r}")
    return int(value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise DanaTypeError(f"option '{name}' takes a text, got {value!r}")
    return str(value)


def _format(name: str, value: Any) -> str:
    if value not in {"text", "json"}:
        raise DanaValueError(f'option \'{name}\' is "text" or "json", got {value!r}')
    return str(value)


_CHECKS: dict[str, Callable[[str, Any], object]] = {
    "temperature": _number(0, 2, "between 0 and 2"),
    "timeout_seconds": _number(0.001, float("inf"), "above 0"),
    "max_tokens": _whole,
    "model": _text,
    "system_message": _text,
    "format": _format,
}
