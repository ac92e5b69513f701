"""What may be learned: numbers with bounds, choices among options, and dicts of these.

Values are plain data (`float`, `int`, an option, `dict`). Whatever goes through `check` or `clip` is inside its bounds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Real
from typing import Any, Literal, TypeAlias

from dana_learning.errors import ParameterError, ValuesError

Scale: TypeAlias = Literal["linear", "log"]
Option: TypeAlias = str | int | float | bool


def _finite(value: Any) -> float | None:
    """Return a real number as float, None for everything else: text, bool, NaN, inf."""
    if type(value) is not float:
        if type(value) is not int and (not isinstance(value, Real) or isinstance(value, bool)):
            return None
        try:
            value = float(value)
        except OverflowError:
            return None
    return value if math.isfinite(value) else None


def _named(name: object) -> None:
    if not isinstance(name, str) or not name.strip():
        raise ParameterError(f"a parameter's name is {name!r}", field="name", expected="a text that is not empty")


GRID = 1e9
"""Steps between low and high. Finer differences come from rounding in one unit or another, and must not be learned."""


def _on_grid(share: float) -> float:
    return math.floor(share * GRID + 0.5) / GRID


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number between `low` and `high`, both included.

    `scale="log"` for what is felt in ratios (seconds, sizes); `integer` rounds to the nearest whole number.

    >>> timeout = Parameter("timeout", 10, 0.1, 1000, unit="s", scale="log")
    >>> timeout.clip(1e9), timeout.clip(float("nan")), timeout.from_unit(0.25)
    (1000.0, 10.0, 1.0)
    """

    name: str
    start: float
    low: float
    high: float
    _: KW_ONLY
    unit: str = ""
    scale: Scale = "linear"
    integer: bool = False

    def __post_init__(self) -> None:
        _named(self.name)
        if self.scale not in {"linear", "log"}:
            self._refuse("scale", self.scale, '"linear" or "log"', "leave it out for linear")
        for field in ("low", "high", "start"):
            object.__setattr__(self, field, self._number(field))
        if not self.low < self.high or not math.isfinite(self.high - self.low):
            wanted = f"a number above low={self.low}, and not astronomically far"
            self._refuse("high", self.high, wanted, "a value that may not change is no parameter")
        if self.scale == "log" and self.low <= 0:
            self._refuse("low", self.low, "a number above 0 for scale='log'", "raise low or use scale='linear'")
        if not self.low <= self.start <= self.high:
            self._refuse("start", self.start, f"{self.low} to {self.high}", "move start or widen the bounds")

    def _number(self, field: str) -> float:
        given = getattr(self, field)
        value = _finite(given)
        if value is None:
            self._refuse(field, given, "a finite number", "NaN, infinity, texts and booleans are not learned")
        elif self.integer and value != int(value):
            self._refuse(field, given, "a whole number for integer=True", "round it, or drop integer=True")
        return 0.0 if value is None else int(value) if self.integer else value

    def _refuse(self, field: str, given: object, expected: str, hint: str) -> None:
        message = f"parameter {self.name!r}: {field} is {given!r}"
        raise ParameterError(message, field=field, expected=expected, hint=hint)

    def check(self, value: Any) -> float:
        """Return the value as `float` (or `int`); ValuesError unless it is a number inside the bounds."""
        number = _finite(value)
        if number is None or not self.low <= number <= self.high or (self.integer and number != int(number)):
            kind = "a whole number" if self.integer else "a number"
            wanted = f"{kind} from {self.low} to {self.high}{f' {self.unit}' if self.unit else ''}"
            hint = "clip() gives the nearest value that fits"
            raise ValuesError(f"parameter {self.name!r} is {value!r}", field=self.name, expected=wanted, hint=hint)
        return int(number) if self.integer else number

    def clip(self, value: Any) -> float:
        """Return the nearest value inside the bounds; `start` for NaN, infinity and what is no number."""
        number = _finite(value)
        if number is None:
            return self.start
        inside = min(max(number, self.low), self.high)
        # Half a step goes up, so that equal steps of the unit range stay equal.
        return math.floor(inside + 0.5) if self.integer else inside

    def to_unit(self, value: Any) -> float:
        """Return where the value lies between low (0) and high (1) on the parameter's scale; out of bounds is clipped."""
        inside = self.clip(value)
        if self.scale == "log":
            bottom = math.log(self.low)
            share = (math.log(inside) - bottom) / (math.log(self.high) - bottom)
        else:
            share = (inside - self.low) / (self.high - self.low)
        return _on_grid(min(max(share, 0.0), 1.0))

    def from_unit(self, share: float) -> float:
        """Return the value at `share` of the way from low to high; `start` when it is not finite."""
        where = _finite(share)
        if where is None:
            return self.start
        if where <= 0:
            return self.low
        if where >= 1:
            return self.high
        where = _on_grid(where)
        if self.scale == "log":
            bottom = math.log(self.low)
            value = math.exp(bottom + where * (math.log(self.high) - bottom))
        else:
            value = self.low + where * (self.high - self.low)
        # There and back again is to give 10, not 10.000000000000002.
        return self.clip(float(f"{value:.12g}"))

    def leaves(self) -> Iterator[tuple[str, Parameter | Choice]]:
        """Yield itself."""
        yield self.name, self

    def describe(self) -> dict[str, Any]:
        """Return bounds, scale and kind."""
        kind = "integer" if self.integer else "number"
        return {"kind": kind, "low": self.low, "high": self.high, "scale": self.scale}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several options: texts, numbers or booleans.

    >>> Choice("strategy", "fast", ("fast", "careful")).clip("reckless")
    'fast'
    """

    name: str
    start: Option
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        _named(self.name)
        given: Any = self.options
        if isinstance(given, (str, set, frozenset)) or not isinstance(given, Sequence):
            self._refuse("options", given, "a tuple of options in an order that stays")
        object.__setattr__(self, "options", tuple(given))
        for option in self.options:
            if type(option) not in {str, int, float, bool} or (type(option) is float and _finite(option) is None):
                self._refuse("options", option, "texts, finite numbers or booleans")
        if len(set(self.options)) != len(self.options) or len(self.options) < 2:
            self._refuse("options", self.options, "at least two options, all different")
        if self.index(self.start) is None:
            self._refuse("start", self.start, f"one of {list(self.options)}")

    def _refuse(self, field: str, given: object, expected: str) -> None:
        message = f"choice {self.name!r}: {field} is {given!r}"
        raise ParameterError(
            message, field=field, expected=expected, hint="list every option once, the start among them"
        )

    def index(self, value: Any) -> int | None:
        """Return the position of an option, None for what is no option."""
        try:
            return self.options.index(value)
        except (ValueError, TypeError, ArithmeticError):  # what cannot be compared is none
            return None

    def check(self, value: Any) -> Option:
        """Return the option; ValuesError when it is none."""
        place = self.index(value)
        if place is None:
            wanted = f"one of {list(self.options)}"
            hint = "clip() falls back to the start"
            raise ValuesError(f"choice {self.name!r} is {value!r}", field=self.name, expected=wanted, hint=hint)
        return self.options[place]

    def clip(self, value: Any) -> Option:
        """Return the option, or the start when it is none."""
        place = self.index(value)
        return self.start if place is None else self.options[place]

    def leaves(self) -> Iterator[tuple[str, Parameter | Choice]]:
        """Yield itself."""
        yield self.name, self

    def describe(self) -> dict[str, Any]:
        """Return the options."""
        return {"kind": "choice", "options": list(self.options)}


@dataclass(frozen=True, slots=True)
class Structured:
    """A parameter whose value is a dict: one entry for each part, and parts may be structured again.

    >>> retry = Structured("retry", (Parameter("count", 3, 0, 9, integer=True), Choice("wait", "flat", ("flat", "double"))))
    >>> retry.start
    {'count': 3, 'wait': 'flat'}
    >>> retry.clip({"count": 99})
    {'count': 9, 'wait': 'flat'}
    """

    name: str
    parts: tuple[Parameter | Choice | Structured, ...]

    def __post_init__(self) -> None:
        _named(self.name)
        given = self.parts.values() if isinstance(self.parts, Mapping) else self.parts
        object.__setattr__(self, "parts", tuple(given))
        if not all(isinstance(part, Parameter | Choice | Structured) for part in self.parts):
            message, wanted = (
                f"structured parameter {self.name!r} has the parts {self.parts!r}",
                "parameters and choices",
            )
            raise ParameterError(message, field="parts", expected=wanted)
        names = [part.name for part in self.parts]
        if not names or len(set(names)) != len(names):
            hint = "give each part its own name"
            message = f"structured parameter {self.name!r} has the parts {names}"
            raise ParameterError(message, field="parts", expected="at least one part, all names different", hint=hint)

    @property
    def start(self) -> dict[str, Any]:
        """The starts of all parts, as a new dict."""
        return {part.name: part.start for part in self.parts}

    def check(self, value: Any) -> dict[str, Any]:
        """Return a new dict of checked parts; ValuesError when a part is missing, unknown or does not fit."""
        names = [part.name for part in self.parts]
        if not isinstance(value, Mapping) or set(value) != set(names):
            message = f"parameter {self.name!r} is {value!r}"
            raise ValuesError(message, field=self.name, expected=f"a dict with exactly {names}")
        return {part.name: part.check(value[part.name]) for part in self.parts}

    def clip(self, value: Any) -> dict[str, Any]:
        """Return a new dict with every part: clipped where it was given, its start where it was not."""
        given: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        return {part.name: part.clip(given.get(part.name, part.start)) for part in self.parts}

    def leaves(self) -> Iterator[tuple[str, Parameter | Choice]]:
        """Yield the leaves of all parts, their paths below this name."""
        for part in self.parts:
            for path, leaf in part.leaves():
                yield f"{self.name}.{path}", leaf

    def describe(self) -> dict[str, Any]:
        """Return the parts by name."""
        parts = {part.name: part.describe() for part in sorted(self.parts, key=lambda part: part.name)}
        return {"kind": "structured", "parts": parts}
