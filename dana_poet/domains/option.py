"""An option that only one domain understands: what it means and which values make sense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dana_poet.errors import PoetOptionError

KINDS: dict[str, tuple[type, ...]] = {
    "number": (int, float), "whole number": (int,), "text": (str,), "true or false": (bool,), "list": (list, tuple, set),
    "mapping": (dict,), "function": (object,), "anything": (object,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """What an option takes: a kind of `KINDS`, bounds or choices, and the default (None: not set).

    >>> OptionSpec("a status to expect", "whole number", low=100, high=599).checked("status", 204)
    204
    """

    summary: str
    kind: str = "anything"
    default: Any = None
    low: float | None = None
    high: float | None = None
    choices: tuple[Any, ...] = ()

    def checked(self, name: str, value: Any) -> Any:
        """Return `value`. PoetOptionError says what the option takes."""
        if not self._fits(value):
            raise PoetOptionError(f"{name} takes {self.expected()}, got {value!r}", hint=self.summary)
        return value

    def expected(self) -> str:
        """Return what the option takes, for an error and for a table.

        >>> OptionSpec("", "number", low=0, high=1).expected(), OptionSpec("", "text", choices=("C", "F")).expected()
        ('a number from 0 to 1', "'C' or 'F'")
        """
        if self.choices:
            return " or ".join(repr(choice) for choice in self.choices)
        bounds = "" if self.low is None else f" from {self.low:g}"
        bounds += "" if self.high is None else f" to {self.high:g}"
        return f"{'' if self.kind in {'anything', 'true or false'} else 'a '}{self.kind}{bounds}"

    def _fits(self, value: Any) -> bool:
        if value is None and self.default is None:
            return True
        if self.choices:
            return value in self.choices
        if self.kind == "function":
            return callable(value)
        if "number" in self.kind:
            return self._in_bounds(value)
        return isinstance(value, KINDS[self.kind])

    def _in_bounds(self, value: Any) -> bool:
        if not isinstance(value, KINDS[self.kind]) or isinstance(value, bool):
            return False
        number = float(value)  # type: ignore[arg-type]  # a number by the line above
        return (self.low is None or number >= self.low) and (self.high is None or number <= self.high)
