"""The store that keeps everything in one file: TinyDB tables on an append-only journal, executions packed and indexed.

Several programs may use one file at once. A crash loses nothing that was acknowledged; damaged bytes are put aside and
reported, and everything else is kept.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self
from zlib import crc32

from dana_learning.executions import Executions
from dana_learning.journal import JournalStorage
from dana_learning.migration import open_migrated
from dana_learning.observation import finite, named, plain_dict
from dana_learning.packing import Numbers, Packer, describe_execution, id_bytes
from dana_learning.records import (
    Aggregate,
    ParameterSet,
    Pattern,
    aggregated,
    checked_values,
    confidences,
    exact_text,
    same_space,
)
from dana_learning.store import no_pattern, no_version

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import TracebackType

    from tinydb import TinyDB

    from dana_learning.appendlog.salvage import OpenReport
    from dana_learning.appendlog.state import Describe, Group, Place, TableState
    from dana_learning.appendlog.sync import Durability
    from dana_learning.observation import ExecutionFeedback

NAMES, LAYOUTS, EXECUTIONS, SETS, STATES, PATTERNS, AGGREGATES = _OWN = "n", "s", "e", "p", "l", "r", "a"
"""The tables; their names stand in every record, so they are short."""


def _describe_numbered(document: Mapping[str, Any]) -> Place:
    """Return function number, time and number (version, day) of a parameter set or an aggregate."""
    try:
        return document["f"], document["t"], document["v"] % (1 << 63)
    except (KeyError, TypeError):
        return 0, 0.0, 0


_DESCRIBE: dict[str, Describe] = {
    EXECUTIONS: describe_execution,
    SETS: _describe_numbered,
    AGGREGATES: _describe_numbered,
}


class TinyStore:
    """A LearningStore in one file.

    `durability` says what survives the death of the machine: "always" every call, "group" all but the last 5 ms or 64
    records, "process" what was flushed; the death of the process costs nothing in any of them. A file of stock TinyDB
    becomes one of ours; the old one is kept beside it, which StoreMigrated says. A missing folder is made by the first write.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> with TinyStore(f"{folder.name}/learning.db") as store:
    ...     _ = store.set_parameters("fetch", {"timeout": 5.0}, confidence=0.8)
    >>> with TinyStore(f"{folder.name}/learning.db") as store:
    ...     store.parameters("fetch")
    {'timeout': 5.0}
    >>> folder.cleanup()
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        durability: Durability = "group",
        read_only: bool = False,
        lock_seconds: float = 5.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        options = {"durability": durability, "read_only": read_only, "lock_seconds": lock_seconds, "clock": clock}
        self.db: TinyDB = open_migrated(path, own=frozenset(_OWN), describe=_DESCRIBE, **options)
        storage = self.db.storage
        assert isinstance(storage, JournalStorage)
        self._log = storage.log
        self._clock = clock
        self._names = Numbers(self._log, NAMES)
        self._packer = Packer(self._names, Numbers(self._log, LAYOUTS))

    @property
    def report(self) -> OpenReport:
        """What was found when the file was opened, and what was kept of it."""
        return self._log.report

    # Helpers: all are called with the mutex held

    def _group(self, table: str, function: str) -> Group | None:
        """Return the index of a function's documents in a table."""
        groups = self._log.table(table).groups
        self._packer.refresh()
        number = self._names.get(function)
        if number is None and function.startswith("lost-") and function[5:].isdigit():
            number = int(function[5:])
        return None if number is None else groups.get(number)

    def _commit(self, operations: list[list[Any]]) -> None:
        try:
            self._log.commit(operations)
        except BaseException:
            self._packer.forget()
            raise
        if len(operations) > 1:  # names and layouts never come alone
            self._packer.committed()

    # Parameters

    def set_parameters(
        self,
        function: str,
        values: Mapping[str, Any],
        *,
        confidence: float | Mapping[str, float] = 0.5,
        reason: str = "",
        signature: str = "",
    ) -> ParameterSet:
        """Keep a new set of parameters."""
        plain = checked_values(function, values)
        sure = confidences(plain, confidence)
        with self._log as state:
            group = self._group(SETS, function)
            version = group.marks[-1] + 1 if group is not None and group.marks else 1
            found = ParameterSet(function, version, plain, sure, float(self._clock()), reason, signature)
            operations = list[list[Any]]()
            number = self._names.number(function, operations)
            document = {"f": number, "v": version, "t": found.time, "p": plain, "c": list(sure.values())}
            if reason:
                document["r"] = reason
            if signature:
                document["g"] = self._names.number(signature, operations)
            table = state.tables.get(SETS)
            operations.append(["p", SETS, table.highest() + 1 if table else 1, document])
            self._commit(operations)
        return found

    def _parameter_set(self, function: str, key: int) -> ParameterSet:
        document = self._log.document(SETS, key)
        assert document is not None
        values: dict[str, Any] = document["p"]
        sure = dict(zip(values, document["c"], strict=True))
        signature = self._names.texts.get(document["g"], "") if "g" in document else ""
        return ParameterSet(function, document["v"], values, sure, document["t"], document.get("r", ""), signature)

    def parameters(self, function: str, *, min_confidence: float = 0.3) -> dict[str, Any]:
        """Return the newest values that have at least this confidence."""
        sets = self.parameter_sets(function, limit=1)
        return sets[0].confident(min_confidence) if sets else {}

    def parameter_sets(self, function: str, *, limit: int | None = None) -> list[ParameterSet]:
        """Return the newest `limit` sets, oldest first."""
        with self._log.mutex:
            group = self._group(SETS, function)
            keys = [] if group is None else group.ids[_first(len(group.ids), limit) :]
            return [self._parameter_set(function, key) for key in keys]

    def rollback(self, function: str, version: int) -> ParameterSet:
        """Set the parameters of an earlier version again."""
        with self._log:
            group = self._group(SETS, function)
            key = None if group is None or version < 0 else group.found(version)
            if key is None:
                raise no_version(function, version)
            old = self._parameter_set(function, key)
            reason, sure = f"rollback to version {version}", old.confidence
            return self.set_parameters(function, old.values, confidence=sure, reason=reason, signature=old.signature)

    # Executions

    def functions(self) -> list[str]:
        """Return the names of all functions."""
        with self._log.mutex:
            groups = [self._log.table(table).groups for table in (SETS, EXECUTIONS, AGGREGATES)]
            self._packer.refresh()
            numbers = {number for found in groups for number, group in found.items() if group.ids}
            return sorted(self._names.texts.get(number) or f"lost-{number}" for number in numbers)

    def add_execution(self, feedback: ExecutionFeedback) -> None:
        """Keep an execution."""
        self.add_executions((feedback,))

    def add_executions(self, feedback: Iterable[ExecutionFeedback]) -> int:
        """Keep many executions."""
        added = list(feedback)
        with self._log as state:
            self._packer.refresh()
            operations = list[list[Any]]()
            table = state.tables.get(EXECUTIONS)
            fresh = table.highest() + 1 if table else 1
            staged: dict[tuple[str, str], int] = {}
            for one in added:
                moment = self._clock() if one.timestamp is None else one.timestamp
                identity = id_bytes(one.execution_id)
                document = self._packer.pack(one, float(moment), identity, operations)
                key = staged.get((one.function_name, one.execution_id)) if staged else None
                key = key or self._kept_as(table, document["f"], crc32(identity[1]), one)
                if key is None:
                    key, fresh = fresh, fresh + 1
                if len(added) > 1:
                    staged[one.function_name, one.execution_id] = key
                operations.append(["p", EXECUTIONS, key, document])
            self._commit(operations)
        return len(added)

    def _kept_as(self, table: TableState | None, function: int, mark: int, feedback: ExecutionFeedback) -> int | None:
        """Return the id of the document that has this execution already."""
        group = None if table is None else table.groups.get(function)
        key = None if group is None else group.found(mark)
        if key is None:
            return None
        document = self._log.document(EXECUTIONS, key)
        same = document is not None and self._packer.unpack(document).execution_id == feedback.execution_id
        return key if same else None

    def executions(
        self, function: str, *, since: float | None = None, until: float | None = None, limit: int | None = None
    ) -> Executions:
        """Return executions in the order in which they were added; they are decoded when they are looked at."""
        with self._log.mutex:
            group = self._group(EXECUTIONS, function)
            if group is None:
                return Executions(self._log.handle, [], self._packer)
            keys: Sequence[int] = group.ids
            if since is not None or until is not None:
                low = -float("inf") if since is None else since
                high = float("inf") if until is None else until
                keys = [key for key, moment in zip(keys, group.times, strict=True) if low <= moment < high]
            offsets = self._log.table(EXECUTIONS).offsets
            found = [offsets[key] for key in keys[_first(len(keys), limit) :]]
            return Executions(self._log.handle, found, self._packer)

    # Patterns

    def add_pattern(self, kind: str, data: Mapping[str, Any], *, effectiveness: float = 0.0) -> Pattern:
        """Keep a pattern."""
        good = finite("effectiveness", effectiveness, 0.0, 1.0)
        document = {"k": named("kind", kind), "d": plain_dict("data", data), "s": good, "u": 0, "t": self._clock()}
        return _pattern(self.db.table(PATTERNS).insert(document), document)

    def use_pattern(self, pattern: int, *, effectiveness: float | None = None) -> Pattern:
        """Count one more use of a pattern."""
        with self._log:
            document = self._log.document(PATTERNS, pattern)
            if document is None:
                raise no_pattern(pattern)
            document["u"] += 1
            if effectiveness is not None:
                document["s"] = finite("effectiveness", effectiveness, 0.0, 1.0)
            self._log.commit([["p", PATTERNS, pattern, document]])
            return _pattern(pattern, document)

    def patterns(self, kind: str | None = None, *, min_effectiveness: float = 0.0) -> list[Pattern]:
        """Return patterns, the most effective first."""
        found = [_pattern(document.doc_id, document) for document in self.db.table(PATTERNS)]
        wanted = [one for one in found if kind in {None, one.kind} and one.effectiveness >= min_effectiveness]
        return sorted(wanted, key=lambda one: (-one.effectiveness, one.id))

    # States of learners

    def save_state(self, name: str, state: Mapping[str, Any], *, signature: str = "") -> None:
        """Keep the state of a learner."""
        exact_text(name, state)
        document = {"s": state, "g": signature}
        with self._log:
            self._packer.refresh()
            operations = list[list[Any]]()
            number = self._names.number(name, operations)
            operations.append(["p", STATES, number, document])
            self._commit(operations)

    def _state(self, name: str) -> dict[str, Any] | None:
        with self._log.mutex:
            self._log.refresh()
            self._packer.refresh()
            number = self._names.get(name)
            return None if number is None else self._log.document(STATES, number)

    def load_state(self, name: str, *, signature: str = "") -> dict[str, Any] | None:
        """Return a state."""
        document = self._state(name)
        if document is None:
            return None
        same_space(name, document["g"], signature)
        found: dict[str, Any] = document["s"]
        return found

    def state_signature(self, name: str) -> str:
        """Return the signature that a state was kept with."""
        document = self._state(name)
        return "" if document is None else str(document["g"])

    def state_names(self) -> list[str]:
        """Return the names of all states."""
        with self._log.mutex:
            keys = list(self._log.table(STATES).offsets)
            self._packer.refresh()
            return sorted(self._names.texts.get(int(key)) or f"lost-{key}" for key in keys)

    # Retention

    def retain(self, *, keep: int = 1000, max_age: float | None = None) -> int:
        """Let executions go into aggregates; each function in one batch, so that none is counted twice or lost."""
        limit = None if max_age is None else self._clock() - finite("max_age", max_age, 0.0)
        gone = 0
        for function in self.functions():
            with self._log:
                group = self._group(EXECUTIONS, function)
                if group is None:
                    continue
                old = zip(group.ids[: max(len(group.ids) - max(keep, 0), 0)], group.times, strict=False)
                keys = [key for key, moment in old if limit is None or moment < limit]
                if keys:
                    self._let_go(function, keys)
                gone += len(keys)
        return gone

    def _let_go(self, function: str, keys: list[int]) -> None:
        offsets = self._log.table(EXECUTIONS).offsets
        going = Executions(self._log.handle, [offsets[key] for key in keys], self._packer)
        operations: list[list[Any]] = [["d", EXECUTIONS, key] for key in keys]
        self._add_aggregates(function, aggregated(going), operations)

    def add_aggregate(self, aggregate: Aggregate) -> None:
        """Add what another store kept of executions."""
        with self._log:
            self._add_aggregates(aggregate.function, [aggregate], [])

    def _add_aggregates(self, function: str, added: list[Aggregate], operations: list[list[Any]]) -> None:
        known = {one.day: (key, one) for key, one in self._aggregates(function)}
        number = self._names.number(function, operations)
        fresh = self._log.table(AGGREGATES).highest() + 1
        for one in added:
            if one.day in known:
                key, before = known[one.day]
                one = before.merged(one)  # noqa: PLW2901 - the same day, with what was known of it
            else:
                key, fresh = fresh, fresh + 1
            document = {"f": number, "t": one.first, "v": one.day, "a": one.to_dict()}
            operations.append(["p", AGGREGATES, key, document])
        self._commit(operations)

    def _aggregates(self, function: str) -> list[tuple[int, Aggregate]]:
        group = self._group(AGGREGATES, function)
        found = []
        for key in () if group is None else group.ids:
            document = self._log.document(AGGREGATES, key)
            assert document is not None
            found.append((key, Aggregate.from_dict(document["a"])))
        return found

    def aggregates(self, function: str) -> list[Aggregate]:
        """Return what was kept of executions that were let go."""
        with self._log.mutex:
            return sorted((one for _, one in self._aggregates(function)), key=lambda one: one.day)

    # The file

    def compact(self) -> bool:
        """Rewrite the file without what no longer counts; this also happens by itself, in the background."""
        return self._log.compact()

    def flush(self) -> None:
        """Make everything durable."""
        self._log.flush()

    def close(self) -> None:
        """Flush and close."""
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _pattern(number: int, document: Mapping[str, Any]) -> Pattern:
    return Pattern(number, document["k"], document["d"], document["s"], document["u"], document["t"])


def _first(count: int, limit: int | None) -> int:
    """Return where the last `limit` of `count` begin."""
    return 0 if limit is None else max(count - max(limit, 0), 0)
