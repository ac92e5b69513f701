"""`run --trace`: every call of a pipeline tells its stages and their times on standard error.

Loaded only when it is asked for: it exchanges how a pipeline is called, so that untraced programs test nothing.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from time import perf_counter
from typing import TYPE_CHECKING, Any

from dana_poet.runtime import pipeline
from dana_poet.runtime.pipeline_plan import Plan
from dana_poet.runtime.pipeline_records import duration, mapped

if TYPE_CHECKING:
    from collections.abc import Iterable

TOLD_CALLS = 5
"""A pipeline that is called more often tells the rest in one line each at the end."""

_depth: ContextVar[int] = ContextVar("dana_trace_depth", default=0)
_calls: dict[str, list[float]] = {}


_untraced: dict[str, Any] = {}


def on() -> None:
    """Trace every pipeline of this process until `off`."""
    kind: Any = pipeline.Pipeline
    if not _untraced:
        _untraced.update(call=vars(kind).get("__call__"), map=kind.map, apply=pipeline.apply_plan)
    kind.__call__ = _call
    _map.__name__ = "map"
    kind.map = _map
    pipeline.apply_plan = _applied


def off() -> None:
    """Call pipelines as before `on`."""
    kind: Any = pipeline.Pipeline
    if _untraced:
        if _untraced["call"] is None:
            del kind.__call__
        else:
            kind.__call__ = _untraced["call"]
        kind.map, pipeline.apply_plan = _untraced["map"], _untraced["apply"]
        _untraced.clear()


def _call(self: Any, *values: object, **named: object) -> object:
    return told(self._plan, (*self._receiver, *values), named)


def _map(self: Any, values: Iterable[object]) -> list[object]:
    """Map without a line for every value: the mean of each stage is told once."""
    results = mapped(self._plan, values, self._receiver)
    _say(f"pipeline {self.name}, map over {len(results)} values")
    for (label, _), seconds in zip(self._plan.marks(), self._plan.seconds, strict=False):
        _say(f"  '{label}' {duration(seconds)} on average")
    return results


def _applied(stages: tuple[Any, ...], value: object) -> object:
    return told(Plan(stages), (value,), {})


def told(plan: Plan, args: tuple[object, ...], named: dict[str, object]) -> object:
    """Run `plan` and tell each stage when it has ended; return the result."""
    seconds = _calls.setdefault(plan.name, [])
    aloud = len(seconds) < TOLD_CALLS
    token = _depth.set(_depth.get() + 1)
    started = perf_counter()
    result: object = None
    done = 0
    try:
        for index, value, taken in plan.timed(args, named):
            result = value
            if index >= 0:
                done = index + 1
                if aloud:
                    _say(f"pipeline {plan.name}, stage {done} '{plan.marks()[index][0]}' {duration(taken)}")
    except Exception as error:
        _say(f"pipeline {plan.name}, stage {done + 1} failed: {type(error).__name__}")
        raise
    finally:
        seconds.append(perf_counter() - started)
        _depth.reset(token)
    return result


def _say(line: str) -> None:
    sys.stderr.write(f"trace: {'  ' * max(_depth.get() - 1, 0)}{line}\n")


def summary() -> None:
    """Tell of the pipelines that were called too often to tell every call."""
    for name, seconds in _calls.items():
        if len(seconds) > TOLD_CALLS:
            _say(f"pipeline {name}, {len(seconds)} calls, {duration(sum(seconds) / len(seconds))} on average")
    _calls.clear()
