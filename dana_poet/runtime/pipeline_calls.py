"""The stage that is written as a call: `scale(10)`, `f(1, $$)`, `add(base, doubled)`, `make_scale(10)`.

Whether the value goes first, not at all, or into what the call gives, is decided from the parameters of what is
called, once for every shape of call.
"""

# ruff: noqa: D102 - what this kind of stage redefines means what the base says

from __future__ import annotations

from dana_poet.errors import DanaPipelineError
from dana_poet.runtime.pipeline_parameters import parameters_of
from dana_poet.runtime.pipeline_stages import NOTHING, Stage, as_stage, case, not_a_stage, plain, shown

TYPE_CHECKING = False  # `typing` costs more time to load than a small program takes to run
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from functools import partial

    from dana_poet.runtime.pipeline_stages import Arguments, Captured, Place, SpanTuple
else:
    from _functools import partial  # `functools` itself would load `collections`


class CapturedStage(Stage):
    """A stage that captured names give: `self.scale`, `self.scale(10)`, `(lambda v :: v + base)`. Made for each run."""

    __slots__ = ("_place", "_target")

    def __init__(
        self, target: Callable[[Captured], object], written: tuple[str, SpanTuple, str], place: Place | None = None
    ) -> None:
        super().__init__(*written)
        self._target = target
        self._place = place

    def run(self, captured: Captured, /, *values: object, **named: object) -> object:
        found = as_stage(self._target(captured), self.label)
        if self._place is not None:
            found = found.placed(self._place)
        return found.run(captured, *values, **named)

    def placed(self, place: Place) -> Stage:
        return CapturedStage(self._target, (self.label, self.span, self.capture), place)


class CallStage(Stage):
    """A stage written as a call: `scale(10)`, `f(1, $$)`, `add(base, doubled)`."""

    __slots__ = (
        "_arguments", "_function", "_made", "_names", "_place", "_placeholder", "_styles", "_target", "_usual",
    )  # fmt: skip

    def __init__(
        self,
        target: Callable[[], object],
        arguments: Arguments,
        written: tuple[str, SpanTuple, str],
        *,
        placeholder: bool,
        names: tuple[str, ...],
        place: Place | None = None,
    ) -> None:
        super().__init__(*written)
        self._target = target
        self._arguments = arguments
        self._placeholder = placeholder
        self._names = names
        self._place = place
        self._function: Callable[..., object] | None = None
        self._made: Stage | None = None
        self._styles: dict[tuple[object, ...], str] = {}
        self._usual = -1  # the number of arguments with which the value is known to go first

    def function(self) -> Callable[..., object]:
        """Return what is called, looked up once."""
        if self._function is None:
            found = plain(self._target())
            if not callable(found):
                raise not_a_stage(self.label, found)
            self._function = found
        return self._function

    def run(self, captured: Captured, /, *values: object, **named: object) -> object:
        if self._made is not None:
            return self._made.run(captured, *values, **named)
        args, keywords = self._arguments(values[0] if values else None, captured)
        if len(args) == self._usual and values and not keywords:
            return self._function(values[0], *args)  # type: ignore[misc]
        function = self.function()
        style = "alone" if self._placeholder or not values else self._style(function, args, keywords)
        if style == "makes" or function is case:
            return self._make(function(*args, **keywords)).run(captured, *values, **named)
        return function(*args, **keywords) if style == "alone" else function(values[0], *args, **keywords)

    def direct(self) -> Callable[..., object] | None:
        return None if self._names else partial(self.run, NOTHING)

    def placed(self, place: Place) -> Stage:
        written = (self.label, self.span, self.capture)
        how = {"placeholder": self._placeholder, "names": self._names, "place": place}
        return CallStage(self._target, self._arguments, written, **how)  # type: ignore[arg-type]

    def types(self) -> tuple[str, str]:
        from dana_poet.runtime.pipeline_records import types_of

        return types_of(self.function())

    def _style(self, function: Callable[..., object], args: tuple[object, ...], keywords: dict[str, object]) -> str:
        """Return how to call: `first` (value before the arguments), `alone`, or `makes` (the call gives the stage)."""
        key = (len(args), *keywords)
        style = self._styles.get(key)
        if style is None:
            style = self._styles[key] = self._decided(function, len(args), keywords)
            if style == "first" and not keywords:
                self._usual = len(args)
        return style

    def _decided(self, function: Callable[..., object], count: int, keywords: Iterable[str]) -> str:
        takes = parameters_of(function)
        if function is case:
            return "makes"
        if takes is None:
            return "first"
        alone = takes.accept(count, keywords)
        if self._names and self._value_is_named():
            return "alone" if alone else "first"
        if alone and not takes.accept(count + 1, keywords):
            return "alone" if self._names else "makes"
        return "first"

    def _value_is_named(self) -> bool:
        """Whether the arguments name captured values. A pipeline's own parameters only count in its first stage."""
        if self._place is None:
            return True
        if self._place.first and self._place.parameters[:1] and self._place.parameters[0] in self._names:
            return True
        return not self._place.captures.isdisjoint(self._names)

    def _make(self, result: object) -> Stage:
        if not callable(plain(result)) and not isinstance(result, list | tuple | dict):
            raise DanaPipelineError(
                f"stage '{self.label}' has no room for the value: the call without it gives {shown(result)}",
                hint="mark with $$ where the value goes",
            )
        made = as_stage(result, self.label)
        if self._place is not None:
            made = made.placed(self._place)
        if not self._names and not self._placeholder:
            self._made = made
        return made
