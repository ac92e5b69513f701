"""Recorded calls of one function: what went in, with which parameters, whether it raised an alarm, and what was true.

Kept as JSON lines that are only ever appended to. A list of numbers, such as a day of a history that comes again in
every later call, is written once.
"""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dana_poet.errors import StateError
from dana_poet.runtime.state import make_private

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
        self.path = path
        self._by_id: OrderedDict[str, Window] = OrderedDict()
        self._rows: dict[str, int] = {}
        self._values: list[list[float]] = []
        self._count = 0
        self._read()

    def all(self) -> list[Window]:
        """Return the recorded calls, oldest first."""
        return list(self._by_id.values())

    def add(
        self, execution: str, inputs: Mapping[str, Any], values: Mapping[str, Any], *, alarm: bool, version: int
    ) -> Window:
        """Record a call; lists are copied, so that the caller may go on with them."""
        kept = {name: _copied(value) for name, value in inputs.items()}
        window = self._take(Window(self._count, execution, kept, dict(values), alarm, version))
        lines: list[Any] = []
        try:
            told = {name: self._told(value, lines) for name, value in kept.items()}
            record = {
                "call": execution, "inputs": told, "values": window.values, "alarm": alarm, "version": version,
            }  # fmt: skip
            text = "".join(json.dumps(line, allow_nan=False) + "\n" for line in (*lines, record))
        except (TypeError, ValueError):
            return window  # not plain data: replayed in this process alone
        self._append(text)
        return window

    def judge(self, execution: str, real: bool | None) -> bool:
        """Note what was true of a call, None to take that back; return whether the call is known and this is new."""
        window = self._by_id.get(execution)
        if window is None or window.real is real:
            return False
        window.real = real
        self._append(json.dumps({"judged": execution, "real": real}) + "\n")
        return True

    def _take(self, window: Window) -> Window:
        self._count += 1
        self._by_id[window.execution] = window
        if len(self._by_id) > KEPT:
            self._by_id.popitem(last=False)
        return window

    # The file

    def _told(self, value: Any, lines: list[Any]) -> Any:
        """Return a value for the file; rows that are new go to `lines` before it."""
        if _is_row(value):
            return {"row": self._row(value, lines)}
        if isinstance(value, list) and value and all(map(_is_row, value)):
            return {"rows": [self._row(one, lines) for one in value]}
        return {"value": value}

    def _row(self, row: list[float], lines: list[Any]) -> int:
        key = json.dumps(row)
        if key not in self._rows:
            self._rows[key] = len(self._values)
            self._values.append(row)
            lines.append(row)
        return self._rows[key]

    def _append(self, text: str) -> None:
        if not self.path:
            return
        try:
            make_private(os.path.dirname(self.path))
            with open(self.path, "a", encoding="utf-8") as stream:
                stream.write(text)
        except OSError as error:
            raise StateError(f"calls cannot be recorded: {error.strerror or error} ({self.path})") from error

    def _read(self) -> None:
        try:
            with open(self.path, encoding="utf-8") as stream:
                lines = stream.readlines() if self.path else []
        except FileNotFoundError:
            return
        except (OSError, UnicodeDecodeError) as error:
            raise StateError(f"recorded calls cannot be read: {error} ({self.path})") from error
        if lines and not lines[-1].endswith("\n"):
            self._append("\n")  # ends the torn line of a process that was killed
        for line in lines:
            try:
                self._take_up(json.loads(line))
            except (ValueError, KeyError, TypeError, IndexError, AttributeError):
                continue

    def _take_up(self, record: Any) -> None:
        if isinstance(record, list):
            self._rows[json.dumps(record)] = len(self._values)
            self._values.append(record)
        elif "call" in record:
            inputs = {name: self._untold(value) for name, value in record["inputs"].items()}
            values, alarm = record["values"], bool(record["alarm"])
            self._take(Window(self._count, record["call"], inputs, values, alarm, record["version"]))
        elif record["judged"] in self._by_id:
            self._by_id[record["judged"]].real = record["real"]

    def _untold(self, told: dict[str, Any]) -> Any:
        if "row" in told:
            return self._values[told["row"]]
        return [self._values[one] for one in told["rows"]] if "rows" in told else told["value"]


def _copied(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [list(one) if isinstance(one, (list, tuple)) else one for one in value]
    return value


def _is_row(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(type(one) in (int, float) for one in value)
