"""The kinds of stage a pipeline is made of: names, expressions, parallel lists, named branches, `case`.

A stage is run with the names captured so far and the value that comes down the pipeline. One that needs no captured
name is a plain function of its value (`direct`), and pipelines of such stages run without this module in between.
"""

# ruff: noqa: D102 - what a kind of stage redefines means what the base says

from __future__ import annotations

import sys

from dana_poet.errors import DanaPipelineError
from dana_poet.runtime.pipeline_parameters import fitting

TYPE_CHECKING = False  # `typing` costs more time to load than a small program takes to run
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeAlias

    Captured: TypeAlias = Mapping[str, object]
    SpanTuple: TypeAlias = tuple[int, int, int, int]
    Arguments: TypeAlias = Callable[[object, Captured], tuple[tuple[object, ...], dict[str, object]]]

NOWHERE = (0, 0, 0, 0)
NOTHING: Captured = {}
UNKNOWN = ("any", "any")


class Place:
    """Where in a declared pipeline a stage stands: whether it is the first, and which names exist in a run."""

    __slots__ = ("captures", "first", "parameters")

    def __init__(self, parameters: tuple[str, ...], captures: frozenset[str], *, first: bool) -> None:
        self.parameters = parameters
        self.captures = captures
        self.first = first


class Stage:
    """One step of a pipeline. `label` is how it was written, `capture` the name after `as`."""

    __slots__ = ("capture", "label", "span")

    def __init__(self, label: str, span: SpanTuple = NOWHERE, capture: str = "") -> None:
        self.label = label
        self.span = span
        self.capture = capture

    def run(self, captured: Captured, /, *values: object, **named: object) -> object:
        """Return the result for what comes down the pipeline. Only a first stage gets more or less than one value."""
        raise NotImplementedError

    def direct(self) -> Callable[..., object] | None:
        """Return a function of the value alone that does the same, or None when captured names are needed."""
        return None

    def placed(self, _place: Place) -> Stage:
        """Return this stage as it behaves at its place in a declared pipeline."""
        return self

    def ready(self) -> bool:
        """Whether it is known what runs here, without looking a name up."""
        return True

    def types(self) -> tuple[str, str]:
        """Return what goes in and what comes out, as Dana writes types; `any` when it is not known."""
        return UNKNOWN

    def __call__(self, *values: object, **named: object) -> object:
        return self.run(NOTHING, *values, **named)

    def __or__(self, right: object) -> object:
        from dana_poet.runtime.pipeline import pipe

        return pipe(self, right)

    def __ror__(self, left: object) -> object:
        from dana_poet.runtime.pipeline import pipe

        return pipe(left, self)

    def __repr__(self) -> str:
        return f"<stage {self.label}>"


class FunctionStage(Stage):
    """A function, class or pipeline that takes the value."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[..., object], label: str) -> None:
        super().__init__(label)
        self.function = function

    def run(self, _captured: Captured, /, *values: object, **named: object) -> object:
        return self.function(*values, **named)

    def direct(self) -> Callable[..., object]:
        return self.function

    def placed(self, place: Place) -> Stage:
        if not place.first or not place.parameters:
            return self
        return FunctionStage(fitting(self.function, len(place.parameters)), self.label)

    def types(self) -> tuple[str, str]:
        from dana_poet.runtime.pipeline_records import types_of

        return types_of(self.function)


class NamedStage(Stage):
    """A stage written as a name or another expression that gives the stage: looked up once, at its first run."""

    __slots__ = ("_place", "_resolved", "_target")

    def __init__(
        self, target: Callable[[], object], label: str, span: SpanTuple, capture: str, place: Place | None = None
    ) -> None:
        super().__init__(label, span, capture)
        self._target = target
        self._place = place
        self._resolved: Stage | None = None

    def resolved(self) -> Stage:
        """Return the stage that the name stands for. DanaPipelineError when it stands for something else."""
        if self._resolved is None:
            found = as_stage(self._target(), self.label)
            self._resolved = found if self._place is None else found.placed(self._place)
        return self._resolved

    def run(self, captured: Captured, /, *values: object, **named: object) -> object:
        return self.resolved().run(captured, *values, **named)

    def direct(self) -> Callable[..., object] | None:
        return self.resolved().direct()

    def ready(self) -> bool:
        return self._resolved is not None and self._resolved.ready()

    def placed(self, place: Place) -> Stage:
        if self.label in place.parameters or self.label in place.captures:
            return ParameterStage(self, first=place.first)
        return NamedStage(self._target, self.label, self.span, self.capture, place)

    def types(self) -> tuple[str, str]:
        return self.resolved().types()


class ParameterStage(Stage):
    """A name that exists in each run only: `def p(x) = x | scale(3)` starts with x, `def p(x, f) = scale(3) | f` calls f."""

    __slots__ = ("_first",)

    def __init__(self, written: Stage, *, first: bool) -> None:
        super().__init__(written.label, written.span, written.capture)
        self._first = first

    def run(self, captured: Captured, /, *values: object, **named: object) -> object:
        value = plain(captured[self.label])
        return value if self._first or not callable(value) else as_stage(value).run(captured, *values, **named)


class ExpressionStage(Stage):
    """Any other expression that mentions `$$`: `$$ + 1`, `$$[0]`."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[[object, Captured], object], written: tuple[str, SpanTuple, str]) -> None:
        super().__init__(*written)
        self._function = function

    def run(self, captured: Captured, /, *values: object, **_named: object) -> object:
        return self._function(values[0] if values else None, captured)


class Parallel(Stage):
    """`[f, g]`: every member gets the same value, concurrently; the result is the list of their results in order."""

    __slots__ = ("members",)

    def __init__(self, members: tuple[Stage, ...], label: str) -> None:
        super().__init__(label)
        self.members = members

    def run(self, captured: Captured, /, *values: object, **named: object) -> list[object]:
        if len(self.members) < 2:
            return [plain(member.run(captured, *values, **named)) for member in self.members]
        from dana_poet.runtime.pipeline_parallel import together

        return together(self.members, captured, values, named)

    def direct(self) -> Callable[..., object] | None:
        return None if any(member.direct() is None for member in self.members) else self

    def ready(self) -> bool:
        return all(member.ready() for member in self.members)

    def placed(self, place: Place) -> Stage:
        return Parallel(tuple(member.placed(place) for member in self.members), self.label)

    def types(self) -> tuple[str, str]:
        return (self.members[0].types()[0] if self.members else "any", "list")


class Branches(Stage):
    """`{a: f, b: g}`: a parallel list whose results have names."""

    __slots__ = ("_keys", "_parallel")

    def __init__(self, keys: tuple[object, ...], parallel: Parallel, label: str) -> None:
        super().__init__(label)
        self._keys = keys
        self._parallel = parallel

    def run(self, captured: Captured, /, *values: object, **named: object) -> dict[object, object]:
        return dict(zip(self._keys, self._parallel.run(captured, *values, **named), strict=True))

    def direct(self) -> Callable[..., object] | None:
        return None if self._parallel.direct() is None else self

    def ready(self) -> bool:
        return self._parallel.ready()

    def placed(self, place: Place) -> Stage:
        parallel = Parallel(tuple(member.placed(place) for member in self._parallel.members), self.label)
        return Branches(self._keys, parallel, self.label)

    def types(self) -> tuple[str, str]:
        return (self._parallel.types()[0], "dict")


class Case(Stage):
    """`case((cond, f), (cond, g), h)`: the first stage whose condition holds for the value, else the last one."""

    __slots__ = ("_otherwise", "_pairs")

    def __init__(self, pairs: tuple[tuple[Stage | bool, Stage], ...], otherwise: Stage | None) -> None:
        super().__init__("case")
        self._pairs = pairs
        self._otherwise = otherwise

    def run(self, captured: Captured, /, *values: object, **named: object) -> object:
        from dana_poet.runtime.truth import truth

        for condition, branch in self._pairs:
            holds = condition if isinstance(condition, bool) else condition.run(captured, *values, **named)
            if truth(holds):
                return branch.run(captured, *values, **named)
        if self._otherwise is None:
            raise DanaPipelineError(
                f"no condition of case(...) holds for {', '.join(map(shown, values))}",
                hint="end case(...) with a stage that stands without a condition",
            )
        return self._otherwise.run(captured, *values, **named)

    def _parts(self) -> list[Stage]:
        parts = [part for pair in self._pairs for part in pair if isinstance(part, Stage)]
        return parts if self._otherwise is None else [*parts, self._otherwise]

    def direct(self) -> Callable[..., object] | None:
        return None if any(part.direct() is None for part in self._parts()) else self

    def ready(self) -> bool:
        return all(part.ready() for part in self._parts())

    def placed(self, place: Place) -> Stage:
        pairs = tuple(
            (condition if isinstance(condition, bool) else condition.placed(place), branch.placed(place))
            for condition, branch in self._pairs
        )
        return Case(pairs, self._otherwise.placed(place) if self._otherwise else None)


def case(*branches: object) -> Case:
    """Return a stage that selects: `case((cond, f), (cond, g), h)`.

    A condition is a function of the value, a truth value, or an expression with `$$`. `h` may be left out; then a
    value for which no condition holds is a DanaPipelineError.

    >>> half_or_grow = case((lambda n: n % 2 == 0, lambda n: n // 2), lambda n: 3 * n + 1)
    >>> half_or_grow(10), half_or_grow(5)
    (5, 16)
    """
    if not branches:
        raise DanaPipelineError("case(...) needs a branch", hint="case((condition, stage), other_stage)")
    pairs: list[tuple[Stage | bool, Stage]] = []
    for number, branch in enumerate(branches, 1):
        if isinstance(branch, tuple) and len(branch) == 2:
            condition, selected = branch
            pairs.append((_as_condition(condition), as_stage(selected, label_of(selected))))
        elif number < len(branches):
            raise DanaPipelineError(
                f"branch {number} of case(...) is {shown(branch)}, not a pair (condition, stage)",
                hint="only the last branch stands without a condition",
            )
        else:
            return Case(tuple(pairs), as_stage(branch, label_of(branch)))
    return Case(tuple(pairs), None)


def _as_condition(condition: object) -> Stage | bool:
    if callable(condition):
        return as_stage(condition, label_of(condition))
    from dana_poet.runtime.truth import truth

    return truth(condition)


def as_stage(value: object, label: str = "") -> Stage:
    """Return `value` as a stage: a function, a pipeline, a list or dict of those. DanaPipelineError for others."""
    value = plain(value)
    label = label or label_of(value)
    if isinstance(value, Stage):
        return value
    if isinstance(value, list | tuple):
        return Parallel(tuple(as_stage(member) for member in value), label)
    if isinstance(value, dict):
        members = Parallel(tuple(as_stage(member) for member in value.values()), label)
        return Branches(tuple(value), members, label)
    if not callable(value):
        raise not_a_stage(label, value)
    return FunctionStage(value, label)


def not_a_stage(label: str, value: object) -> DanaPipelineError:
    """Return the error for something in a stage's place that cannot be called."""
    named = f"stage '{label}' is {shown(value)}" if label != shown(value) else f"{shown(value)} stands as a stage"
    return DanaPipelineError(
        f"{named}, which cannot be called", hint="a stage is a function, a pipeline, or a list or dict of those"
    )


def label_of(value: Any) -> str:
    """Return how messages and `stages` call a stage that was not written with a name of its own.

    >>> label_of(len), label_of([len, str]), label_of(lambda x: x)
    ('len', '[len, str]', 'lambda')
    """
    if isinstance(value, Stage):
        return value.label
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(label_of, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {label_of(member)}' for key, member in value.items())}}}"
    name = getattr(value, "__name__", None)
    return "lambda" if name == "<lambda>" else str(name or shown(value))


def shown(value: object) -> str:
    """Return a value and its type, short enough for a message."""
    from dana_poet.runtime.operators import described

    return described(value)


def plain(value: object) -> object:
    """Return what a promise promises, anything else unchanged; without loading promises where there can be none."""
    promises = sys.modules.get("dana_poet.runtime.promise")
    return value if promises is None else promises.force(value)
