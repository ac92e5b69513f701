"""A store as a JSON file that people can read and edit and that stock TinyDB opens, and such a file as a store.

>>> import tempfile
>>> from dana_learning.tinydb_store import TinyStore
>>> folder = tempfile.TemporaryDirectory()
>>> with TinyStore(f"{folder.name}/learning.db") as store:
...     _ = store.set_parameters("fetch", {"timeout": 5.0}, confidence=0.8)
...     export_store(store, f"{folder.name}/learning.json")
1
>>> import_store(f"{folder.name}/learning.json", f"{folder.name}/again.db")
1
>>> folder.cleanup()
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dana_learning.appendlog.file import write_whole
from dana_learning.errors import LearningError, StoreError, StoreFormatError
from dana_learning.observation import ExecutionFeedback
from dana_learning.records import Aggregate
from dana_learning.store import MemoryStore

if TYPE_CHECKING:
    from dana_learning.store import LearningStore

TABLES = ("parameters", "executions", "patterns", "states", "aggregates")


def export_store(store: LearningStore, target: str | os.PathLike[str]) -> int:
    """Write all that a store has as JSON, in the layout of TinyDB; return how many documents there are.

    The file appears whole or not at all.
    """
    functions, names = store.functions(), store.state_names()
    states = [{"name": n, "signature": store.state_signature(n), "state": store.load_state(n)} for n in names]
    found: dict[str, list[dict[str, Any]]] = {
        "parameters": [asdict(one) for name in functions for one in store.parameter_sets(name)],
        "executions": [one.to_dict() for name in functions for one in store.executions(name)],
        "patterns": [asdict(one) for one in sorted(store.patterns(), key=lambda one: one.id)],
        "states": states,
        "aggregates": [one.to_dict() for name in functions for one in store.aggregates(name)],
    }
    numbered = {table: {str(n): one for n, one in enumerate(rows, start=1)} for table, rows in found.items()}
    write_whole(os.fspath(target), json.dumps(numbered, indent=1))
    return sum(len(rows) for rows in found.values())


class _Moment:
    """A clock that shows what it was set to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def import_store(source: str | os.PathLike[str], path: str | os.PathLike[str]) -> int:
    """Make a new store at `path` of a file that `export_store` wrote; return how many documents it has.

    Everything is checked before anything is written: StoreFormatError says what does not fit. Versions and pattern ids
    count from 1 again; times, confidences and states are the same.
    """
    from dana_learning.tinydb_store import TinyStore

    if Path(path).exists() and Path(path).stat().st_size:
        raise StoreError(f"{path} exists", path=str(path), hint="import into a new file, so that nothing is mixed")
    try:
        data = json.loads(Path(source).read_text(encoding="utf-8"))
        rows = {table: list(data.get(table, {}).values()) for table in TABLES}
        clock = _Moment()
        _fill(MemoryStore(clock=clock), clock, rows)
    except (ValueError, KeyError, TypeError, AttributeError, LearningError) as cause:
        reason = str(cause) if isinstance(cause, LearningError) else f"{type(cause).__name__}: {cause}"
        hint = "mend that place; nothing was written"
        raise StoreFormatError(f"{source} cannot be imported ({reason})", path=str(source), hint=hint) from cause
    with TinyStore(path, clock=clock, durability="process") as store:
        _fill(store, clock, rows)
    return sum(len(kept) for kept in rows.values())


def _fill(store: LearningStore, clock: _Moment, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Put rows into a store, each at its own time."""
    for row in rows["parameters"]:
        clock.now = float(row["time"])
        about = {"confidence": row["confidence"], "reason": row["reason"], "signature": row["signature"]}
        store.set_parameters(row["function"], row["values"], **about)
    store.add_executions([ExecutionFeedback.from_dict(row) for row in rows["executions"]])
    for row in rows["patterns"]:
        clock.now = float(row["time"])
        pattern = store.add_pattern(row["kind"], row["data"], effectiveness=row["effectiveness"])
        for _ in range(row["uses"]):
            store.use_pattern(pattern.id)
    for row in rows["states"]:
        store.save_state(row["name"], row["state"], signature=row["signature"])
    for row in rows["aggregates"]:
        store.add_aggregate(Aggregate.from_dict(row))
