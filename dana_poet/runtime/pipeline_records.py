"""What a pipeline tells about itself: its stages with their types and times, the record of a traced run, `map`.

Loaded when a program asks for one of these, not when it calls a pipeline.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, Self

from dana_poet.errors import DanaAttributeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dana_poet.runtime.pipeline_plan import Plan

BAR_AFTER_SECONDS = 1.0
"""`map` shows a progress bar when it takes longer than this and somebody is watching."""


class Record:
    """A value with named fields that cannot be changed."""

    __slots__: tuple[str, ...] = ()

    def _fill(self, *values: object) -> None:
        for name, value in zip(self.__slots__, values, strict=True):
            object.__setattr__(self, name, value)

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __setattr__(self, name: str, value: object) -> None:
        raise DanaAttributeError(f"{type(self).__name__}.{name} is a record of what happened and cannot be changed")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._values() == self._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in zip(self.__slots__, self._values(), strict=True))
        return f"{type(self).__name__}({shown})"


class StageInfo(Record):
    """One stage as described. `seconds` is the mean of the last traced run or `map`, None before there was one."""

    __slots__ = ("index", "name", "input", "output", "seconds")  # noqa: RUF023 - the order they are shown in

    index: int
    name: str
    input: str
    output: str
    seconds: float | None

    def __init__(self, index: int, name: str, types: tuple[str, str], seconds: float | None) -> None:
        self._fill(index, name, *types, seconds)


class StageRun(Record):
    """One stage of a traced run: the value it gave and the wall time it took."""

    __slots__ = ("index", "name", "value", "seconds")  # noqa: RUF023 - the order they are shown in

    index: int
    name: str
    value: Any
    seconds: float

    def __init__(self, index: int, name: str, value: object, seconds: float) -> None:
        self._fill(index, name, value, seconds)


class PipelineRun(Record):
    """A traced run: its result, what every stage gave, and the wall time of all."""

    __slots__ = ("value", "stages", "seconds")  # noqa: RUF023 - the order they are shown in

    value: Any
    stages: tuple[StageRun, ...]
    seconds: float

    def __init__(self, value: object, stages: tuple[StageRun, ...], seconds: float) -> None:
        self._fill(value, stages, seconds)


def traced(plan: Plan, args: tuple[object, ...], named: dict[str, object]) -> PipelineRun:
    """Run `plan` and record the value and the time of every stage; the times become those of `plan`."""
    stages, value, total = _recorded(plan, args, named)
    seconds = dict.fromkeys(range(1, len(plan.marks()) + 1), 0.0)
    seconds.update({stage.index: stage.seconds for stage in stages})
    plan.seconds = tuple(seconds.values())
    return PipelineRun(value, stages, total)


def _recorded(
    plan: Plan, args: tuple[object, ...], named: dict[str, object]
) -> tuple[tuple[StageRun, ...], object, float]:
    labels = tuple(label for label, _ in plan.marks())
    stages: list[StageRun] = []
    result: object = None
    started = time.perf_counter()
    for index, result, seconds in plan.timed(args, named):
        if index >= 0:
            stages.append(StageRun(index + 1, labels[index], result, seconds))
    return tuple(stages), result, time.perf_counter() - started


def mapped(plan: Plan, values: Iterable[object], receiver: tuple[object, ...]) -> list[object]:
    """Return the result for every value, in order; the mean time of every stage becomes that of `plan`."""
    items = values if isinstance(values, list | tuple) else list(values)
    results: list[object] = []
    totals = [0.0] * len(plan.marks())
    with ProgressBar(plan.name, len(items)) as bar:
        for index, value in enumerate(items):
            try:
                stages, result, _ = _recorded(plan, (*receiver, value), {})
            except Exception as error:
                error.add_note(f"in map over {len(items)} values, value {index + 1}")
                raise
            results.append(result)
            for stage in stages:
                totals[stage.index - 1] += stage.seconds
            bar.advance(index + 1)
    plan.seconds = tuple(total / len(items) for total in totals) if items else plan.seconds
    return results


class ProgressBar:
    """A bar on standard error, drawn only when that is a terminal and the work takes a while."""

    def __init__(self, label: str, total: int) -> None:
        self._label = label
        self._total = total
        self._wanted = total > 1 and sys.stderr is not None and sys.stderr.isatty()
        self._started = time.monotonic()
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        return self

    def advance(self, done: int) -> None:
        """Show that `done` values are finished."""
        if not self._wanted:
            return
        if self._bar is None:
            if time.monotonic() - self._started < BAR_AFTER_SECONDS:
                return
            self._draw()
        self._bar.update(self._task, completed=done)

    def _draw(self) -> None:
        from rich.console import Console
        from rich.progress import Progress

        self._bar = Progress(console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(self._label, total=self._total)
        self._bar.start()

    def __exit__(self, *_error: object) -> None:
        if self._bar is not None:
            self._bar.stop()


def infos(plan: Plan) -> tuple[StageInfo, ...]:
    """Return the stages of `plan` in order. A name that has no value yet has types `any`."""
    marks = plan.marks()
    types = [_stage_types(plan, index) for index in range(len(marks))]
    if types and plan.signature is not None:
        takes, _ = types_of(plan.signature, skip_self=True)
        types[0] = (takes if takes != "any" else types[0][0], types[0][1])
        types[-1] = (types[-1][0], types[-1][1] if plan.returns is None else _given_type(plan.returns))
    seconds = plan.seconds or (None,) * len(marks)
    return tuple(StageInfo(index + 1, label, types[index], seconds[index]) for index, (label, _) in enumerate(marks))


def _given_type(returns: Any) -> str:
    if not hasattr(returns, "__code__"):
        return _text(returns)
    try:
        return _text(returns())
    except Exception:  # noqa: BLE001 - a description must not fail because a type is not defined yet
        return "any"


def _stage_types(plan: Plan, index: int) -> tuple[str, str]:
    if index >= len(plan.stages):
        return ("any", "any")
    try:
        return plan.stages[index].types()
    except Exception:  # noqa: BLE001 - a description must not fail because a name is not defined yet
        return ("any", "any")


def describe(plan: Plan) -> str:
    """Return the stages of `plan` as a text table."""
    rows = [("", "stage", "takes", "gives", "mean time")]
    rows += [(str(info.index), info.name, info.input, info.output, duration(info.seconds)) for info in infos(plan)]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([f"pipeline {plan.name}", *(f"  {line}" for line in lines)])


def duration(seconds: float | None) -> str:
    """Return a time as people read it.

    >>> duration(2.5), duration(0.0125), duration(3e-6), duration(None)
    ('2.50 s', '12.50 ms', '3.0 us', '-')
    """
    if seconds is None:
        return "-"
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.2f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.1f} us"


def types_of(function: Callable[..., object], *, skip_self: bool = False) -> tuple[str, str]:
    """Return the type of the first parameter and of the result, from annotations; a class gives itself.

    >>> types_of(str), types_of(lambda x: x)
    (('any', 'str'), ('any', 'any'))
    """
    if isinstance(function, type):
        return ("any", _text(function))
    own = getattr(type(function), "_types", None)  # a pipeline inside a pipeline
    if own is not None:
        known: tuple[str, str] = own(function)
        return known
    hints = getattr(function, "__annotations__", None) or {}
    names = _first_names(function, skip_self=skip_self)
    takes = next((_text(hints[name]) for name in names if name in hints), "any")
    return (takes, _text(hints["return"]) if "return" in hints else "any")


def _first_names(function: Any, *, skip_self: bool) -> tuple[str, ...]:
    code = getattr(function, "__code__", None)
    if code is None:
        return ()
    names: tuple[str, ...] = code.co_varnames[: code.co_argcount]
    bound = hasattr(function, "__self__") or (skip_self and names[:1] == ("self",))
    return names[1:2] if bound else names[:1]


def _text(hint: object) -> str:
    from dana_poet.runtime.coerce import type_name

    text = hint if isinstance(hint, str) else type_name(hint)
    return "any" if text == "Any" else text
