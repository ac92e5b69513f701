"""Executions as columns: what every analysis of many of them reads."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dana_learning.batch.dataset import told
from dana_learning.kinds import Choice, Option, Parameter

if TYPE_CHECKING:
    from dana_learning.observation import ExecutionFeedback
    from dana_learning.parameter import Space

Array: TypeAlias = "NDArray[np.float64]"

RATIO = 100.0
"""Positive numbers that differ by more than this factor may be looked at on a log scale, if that is the evener one."""
OPTIONS = 40
"""A column of texts with more different ones is a name of something, not a choice, and is left out."""
COVERAGE = 0.5
"""A metric or context that fewer executions have than this share is left out."""


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """Numbers by execution; `unit` has them between 0 and 1 from `low` to `high`, missing ones in the middle."""

    name: str
    unit: Array
    low: float
    high: float
    log: bool
    present: Array

    def value(self, share: float) -> float:
        """Return the number at `share` of the way from low to high."""
        if self.log:
            return math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        return self.low + share * (self.high - self.low)

    def share(self, value: float) -> float:
        """Return where a number lies between low (0) and high (1)."""
        if self.log:
            inside = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            inside = (value - self.low) / (self.high - self.low)
        return min(max(inside, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class OptionColumn:
    """Options by execution: `codes` are places in `options`."""

    name: str
    codes: NDArray[np.int64]
    options: tuple[Option, ...]
    known: bool = False
    """Whether the options are those of a parameter of the space."""


Column: TypeAlias = NumberColumn | OptionColumn


@dataclass(frozen=True, slots=True)
class Series:
    """One measure in the order of time: `rows` are the executions that have it."""

    name: str
    values: Array
    times: Array
    rows: NDArray[np.int64]
    timed: bool


@dataclass(frozen=True, slots=True)
class Records:
    """Executions sorted by time, as columns. Without times they stay in the order given, and time counts executions.

    >>> from dana_learning import ExecutionFeedback
    >>> records = Records.of([ExecutionFeedback(f"run-{n}", "fetch", "", n / 9, values={"x": n}) for n in range(10)])
    >>> len(records), records.parameters[0].name, float(records.quality[-1])
    (10, 'x', 1.0)
    """

    ids: tuple[str, ...]
    quality: Array
    times: Array
    timed: bool
    parameters: tuple[Column, ...]
    contexts: tuple[Column, ...]
    metrics: tuple[Series, ...]
    last_values: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.quality)

    @classmethod
    def of(cls, feedback: Sequence[ExecutionFeedback | Mapping[str, Any]], space: Space | None = None) -> Records:
        """Return columns; parameters of a space are scaled by its bounds, others by what was seen."""
        ordered, times, timed = _in_time(told(feedback))
        leaves = {} if space is None else {leaf.path: leaf.parameter for leaf in space.leaves}
        parameters = _columns([one.values for one in ordered], leaves)
        if space is not None:
            parameters = tuple(column for column in parameters if column.name in leaves)
        contexts = _columns([one.context for one in ordered], {})
        quality = np.array([one.output_quality for one in ordered])
        metrics = _series([one.performance_metrics for one in ordered], times, timed=timed)
        ids = tuple(one.execution_id for one in ordered)
        last = dict(ordered[-1].values) if ordered else {}
        return cls(ids, quality, times, timed, parameters, contexts, metrics, last)

    def series(self) -> tuple[Series, ...]:
        """Return quality and every metric as series."""
        rows = np.arange(len(self))
        return (Series("quality", self.quality, self.times, rows, self.timed), *self.metrics)


def _in_time(feedback: Sequence[ExecutionFeedback]) -> tuple[Sequence[ExecutionFeedback], Array, bool]:
    given = [one.timestamp for one in feedback]
    counted = np.arange(len(given), dtype=float)
    if any(when is None for when in given):
        return feedback, counted, False
    times = np.array(given, dtype=float)
    steps = np.diff(times)
    if not steps.any():
        return feedback, counted, False
    if (steps > 0).all():
        return feedback, times, True
    order = sorted(range(len(given)), key=lambda place: (times[place], feedback[place].execution_id))
    return [feedback[place] for place in order], times[order], True


def _columns(
    rows: Sequence[Mapping[str, Any]], leaves: Mapping[str, Parameter | Choice], path: str = ""
) -> tuple[Column, ...]:
    """Return a column for each name, by sorted name; entries that are dicts give a column for each of theirs."""
    found = list[Column]()
    for name, cells in _table(rows).items():
        kinds = set(map(type, cells))
        where = f"{path}{name}"
        if dict in kinds:
            inner = [cell if type(cell) is dict else {} for cell in cells]
            found += _columns(inner, leaves, f"{where}.")
        elif kinds <= {int, float, type(None)}:
            found += _number(where, cells, leaves.get(where))
        elif list not in kinds:
            found += _options(where, cells, leaves.get(where))
    return tuple(found)


def _table(rows: Sequence[Mapping[str, Any]]) -> dict[str, Sequence[Any]]:
    """Return the entries of each name, by sorted name, None where there is none."""
    names = sorted(rows[0]) if rows else []
    if names and set(map(len, rows)) == {len(names)}:
        try:
            return {name: list(map(itemgetter(name), rows)) for name in names}
        except KeyError:
            pass
    return {name: [row.get(name) for row in rows] for name in sorted(set[str]().union(*rows))}


def _number(name: str, cells: Sequence[Any], leaf: Parameter | Choice | None) -> list[Column]:
    if isinstance(leaf, Choice):
        return _options(name, cells, leaf)
    values = np.array(cells, dtype=float)
    missing = np.isnan(values)
    if missing.mean() > COVERAGE:
        return []
    present = values[~missing] if missing.any() else values
    low, high = float(present.min()), float(present.max())
    if low == high:
        return []
    log = low > 0 and high / low > RATIO and _evener_as_logs(float(np.median(present)), low, high)
    if leaf is not None:
        low, high, log = leaf.low, leaf.high, leaf.scale == "log"
        if float(present.min()) < low or float(present.max()) > high:
            present = np.clip(present, low, high)
    if log:
        low_log = math.log(low)
        scaled = (np.log(present) - low_log) / (math.log(high) - low_log)
    else:
        scaled = (present - low) / (high - low)
    unit = scaled
    if missing.any():
        unit = np.full(len(values), float(np.median(scaled)))
        unit[~missing] = scaled
    return [NumberColumn(name, unit, low, high, log, present)]


def _evener_as_logs(middle: float, low: float, high: float) -> bool:
    return abs(math.log(middle / low) / math.log(high / low) - 0.5) < abs((middle - low) / (high - low) - 0.5)


def _options(name: str, cells: Sequence[Any], leaf: Parameter | Choice | None) -> list[Column]:
    if isinstance(leaf, Parameter):
        return []
    known = isinstance(leaf, Choice)
    seen = (
        leaf.options if isinstance(leaf, Choice) else sorted(set(cells) - {None}, key=lambda one: (str(type(one)), one))
    )
    options = tuple(seen)
    if not 2 <= len(options) <= OPTIONS or cells.count(None) > COVERAGE * len(cells):
        return []
    table = {option: code for code, option in enumerate(options)}
    codes = np.array([table.get(cell, -1) for cell in cells], dtype=np.int64)
    if (codes == codes[0]).all():
        return []
    if (codes < 0).any():
        codes[codes < 0] = int(np.bincount(codes[codes >= 0]).argmax())
    return [OptionColumn(name, codes, options, known)]


def _series(rows: Sequence[Mapping[str, float]], times: Array, *, timed: bool) -> tuple[Series, ...]:
    found = []
    for name, cells in _table(rows).items():
        values = np.array(cells, dtype=float)
        have = np.flatnonzero(~np.isnan(values))
        if len(have) >= COVERAGE * len(values):
            whole = len(have) == len(values)
            found.append(Series(name, values if whole else values[have], times if whole else times[have], have, timed))
    return tuple(found)
