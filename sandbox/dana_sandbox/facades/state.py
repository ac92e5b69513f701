"""What a facade needs to know of the call it serves; `run_state.RunState` is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Protocol

if TYPE_CHECKING:
    from collections.abc import MutableMapping


class Output(Protocol):
    """The captured, capped output of one call."""

    def write(self, text: str, /) -> object:
        """Keep `text`; raise when the program has written too much."""


class State(Protocol):
    """One call of one program, as far as facades see it."""

    @property
    def output(self) -> Output:
        """Where `print` and `logging` write."""

    @property
    def deadline(self) -> float:
        """When the call must be over, as `time.monotonic` counts."""

    @property
    def own(self) -> set[type]:
        """The classes that the program made."""

    @property
    def modules(self) -> frozenset[str]:
        """What the program may import."""

    @property
    def builtins(self) -> dict[str, Any]:
        """The builtins that the program, and nothing else, runs with."""

    @property
    def facades(self) -> MutableMapping[str, object]:
        """What was loaded so far, by module name."""

    def refuse(self, rule: str, message: str, hint: str = "") -> NoReturn:
        """Keep a refusal and raise it."""

    def is_own_class(self, value: object, /) -> bool:
        """Whether `value` is a class that the program made."""

    def is_own_function(self, value: object, /) -> bool:
        """Whether `value` is a function that the program defined."""
