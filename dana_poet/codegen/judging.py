"""Outcomes that come later: who served an execution, until somebody says how good it was."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from dana_poet.runtime import executions

if TYPE_CHECKING:
    from dana_poet.codegen.serving import Serving

REMEMBERED = 10_000
"""Executions that wait for a verdict; of older ones nobody will say anything."""


class Waiting:
    """Which side served each execution that nobody has judged yet.

    >>> waiting = Waiting()
    >>> waiting.add("run-1", candidate=True)
    >>> waiting.take("run-1"), waiting.take("run-1")
    (True, None)
    """

    def __init__(self) -> None:
        self._sides: OrderedDict[str, bool] = OrderedDict()

    def add(self, execution: str, *, candidate: bool) -> None:
        """Note who served an execution."""
        self._sides[execution] = candidate
        if len(self._sides) > REMEMBERED:
            self._sides.popitem(last=False)

    def take(self, execution: str) -> bool | None:
        """Return whether the candidate served an execution, None when that is not known; each is asked about once."""
        return self._sides.pop(execution, None)


_servings: weakref.WeakSet[Serving] = weakref.WeakSet()


def listen(serving: Serving) -> None:
    """Hand verdicts on executions of this process to a function's trial."""
    _servings.add(serving)
    if _hear not in executions.listeners:
        executions.listeners.append(_hear)


def _hear(ids: tuple[str, ...], event: Any) -> None:
    from dana_poet.runtime.feedback import quality

    said = quality(event)
    if said is None:
        return
    for serving in list(_servings):
        for execution in ids:
            serving.judged(execution, said)
