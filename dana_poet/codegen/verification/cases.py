"""One call to try: its arguments, whether they fit the hints, and how people see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_LONGEST = 240


@dataclass(frozen=True, slots=True)
class Case:
    """The arguments of one call, as plain data.

    `same` pairs positions that get the same object. `mode` is how it is called: once, twice with the first result
    changed in between, or closed after two items. `fit` is yes, no, or loosely.
    """

    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)
    same: tuple[tuple[int, int], ...] = ()
    mode: str = "call"
    fit: str = "yes"
    given: bool = False

    def crossing(self) -> list[Any]:
        """Return it as the driver reads it."""
        return [list(self.args), self.kwargs, list(self.same), self.mode]

    def shown(self, name: str) -> str:
        """Return the call as text.

        >>> Case((1,), {"b": "x"}).shown("f")
        "f(1, b='x')"
        """
        parts = [_shown(one) for one in self.args] + [f"{key}={_shown(value)}" for key, value in self.kwargs.items()]
        text = f"{name}({', '.join(parts)})"
        if len(text) > _LONGEST:
            text = f"{text[: _LONGEST - 20]}...{text[-16:]}"
        return text + (" with the same object twice" if self.same else "")


def _shown(value: Any) -> str:
    if type(value) is tuple and len(value) > 1 and type(value[0]) is str and value[0][:1] == "\0":
        return f"<{value[0][1:]} {value[1]!r}>"
    try:
        text = repr(value)
    except ValueError:  # a number with more digits than Python shows
        text = hex(value) if isinstance(value, int) else type(value).__name__
    return text if len(text) <= _LONGEST else f"{text[:100]}...{text[-40:]} ({_size(value)})"


def _size(value: Any) -> str:
    return f"{len(value)} long" if hasattr(value, "__len__") else type(value).__name__
