"""Recorded calls of one function: what went in, with which parameters, whether it raised an alarm, and what was true."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dana_poet.stages.replay.calls_file import CallsFile, row_name

KEPT = 400
"""Calls that are replayed, the newest."""


@dataclass(slots=True)
class Window:
    """One recorded call. `number` counts all calls; `real` is whether there was something, None when nobody said."""

    number: int
    execution: str
    inputs: Mapping[str, Any]
    values: Mapping[str, Any]
    alarm: bool
    version: int
    real: bool | None = None


class Windows:
    """The recorded calls of one function, the newest `KEPT`, in order. `path` "" keeps them in memory alone.

    StateError from `add` and `judge` when they cannot be written; they count in this process all the same.

    >>> windows = Windows("")
    >>> _ = windows.add("run-1", {"today": [1.0]}, {"limit": 2.0}, alarm=True, version=1)
    >>> windows.judge("run-1", False)
    True
    >>> [(one.alarm, one.real) for one in windows.all()]
    [(True, False)]
    """

    def __init__(self, path: str) -> None:
        self._file = CallsFile(path, KEPT)
        self._by_id: OrderedDict[str, Window] = OrderedDict()
        self._rows: dict[str, list[float]] = {}
        self._count = 0
        for record in self._file.read():
            try:
                self._take_up(record)
            except (ValueError, KeyError, TypeError, AttributeError):
                continue
        self._drop_rows()

    def all(self) -> list[Window]:
        """Return the recorded calls, oldest first."""
        return list(self._by_id.values())

    def add(
        self, execution: str, inputs: Mapping[str, Any], values: Mapping[str, Any], *, alarm: bool, version: int
    ) -> Window:
        """Record a call; lists are copied, so that the caller may go on with them."""
        kept = {name: _copied(value) for name, value in inputs.items()}
        window = Window(self._count, execution, kept, dict(values), alarm, version)
        rows: dict[str, list[float]] = {}
        try:
            told = {name: self._told(value, rows) for name, value in kept.items()}
            window.inputs = {name: self._untold(one) for name, one in told.items()}
            record = {"call": execution, "inputs": told, "values": window.values, "alarm": alarm, "version": version}
            json.dumps(record, allow_nan=False)
        except (TypeError, ValueError):
            self._take(window)
            return window  # not plain data: replayed in this process alone
        self._take(window)
        self._file.append(record, rows)
        return window

    def judge(self, execution: str, real: bool | None) -> bool:
        """Note what was true of a call, None to take that back; return whether the call is known and this is new."""
        window = self._by_id.get(execution)
        if window is None or window.real is real:
            return False
        window.real = real
        self._file.append({"judged": execution, "real": real})
        return True

    def _take(self, window: Window) -> None:
        self._count += 1
        self._by_id[window.execution] = window
        if len(self._by_id) > KEPT:
            self._by_id.popitem(last=False)
            if self._count % KEPT == 0:
                self._drop_rows()

    def _drop_rows(self) -> None:
        """Let go of the rows of calls that count no more."""
        lists = (
            value for window in self._by_id.values() for value in window.inputs.values() if isinstance(value, list)
        )
        used = {id(one) for value in lists for one in (value, *value)}
        self._rows = {name: row for name, row in self._rows.items() if id(row) in used}

    # Records

    def _told(self, value: Any, rows: dict[str, list[float]]) -> Any:
        """Return a value for the file; rows that it consists of go to `rows`."""
        if _is_row(value):
            return {"row": self._named(value, rows)}
        if isinstance(value, list) and value and all(map(_is_row, value)):
            return {"rows": [self._named(one, rows) for one in value]}
        return {"value": value}

    def _named(self, row: list[float], rows: dict[str, list[float]]) -> str:
        name = row_name(row)
        rows[name] = self._rows.setdefault(name, row)
        return name

    def _untold(self, told: dict[str, Any]) -> Any:
        if "row" in told:
            return self._rows[told["row"]]
        return [self._rows[one] for one in told["rows"]] if "rows" in told else told["value"]

    def _take_up(self, record: dict[str, Any]) -> None:
        if "row" in record:
            self._rows.setdefault(str(record["row"]), list(record["is"]))
        elif "passed" in record:
            self._count = max(self._count, int(record["passed"]))
        elif "call" in record:
            inputs = {name: self._untold(value) for name, value in record["inputs"].items()}
            values, alarm = record["values"], bool(record["alarm"])
            self._take(Window(self._count, record["call"], inputs, values, alarm, record["version"]))
        elif record["judged"] in self._by_id:
            self._by_id[record["judged"]].real = record["real"]


def _copied(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [list(one) if isinstance(one, (list, tuple)) else one for one in value]
    return value


def _is_row(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(type(one) in (int, float) for one in value)
