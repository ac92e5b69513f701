"""The ledger of learning: which execution ran which version, and what is thought of it. One SQLite file, made from events.

The events are the truth; the ledger is an index of them that can be made again. Whatever is taken in is noted in the
same transaction, so an event that is delivered twice counts once, and a killed process leaves nothing half done.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import astuple, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Self

from dana_poet.errors import StateError
from dana_poet.orchestration.outcome import Outcome, outcome
from dana_poet.orchestration.reading import AnyEvent, Execution, Said, execution_in, feedback_in, moment

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

FORMAT = 1
"""The version of the tables. A ledger of another one is made again from the events."""

SAID = tuple(field.name for field in fields(Said))
OUTCOME = tuple(field.name for field in fields(Outcome))
_values = attrgetter(*OUTCOME)
NOTHING_SAID = Outcome()
NAMES = "id, function, version, time, success, seconds, error, params"
ENDED = (
    f"INSERT OR IGNORE INTO executions ({NAMES}, {', '.join(OUTCOME)}) VALUES ({', '.join('?' * (8 + len(OUTCOME)))})"  # noqa: S608 - our own words
)
THOUGHT = f"UPDATE executions SET {', '.join(f'{name} = ?' for name in OUTCOME)} WHERE id = ?"  # noqa: S608 - our own words
TABLES = f"""
CREATE TABLE IF NOT EXISTS seen (event TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS executions (
  id TEXT PRIMARY KEY, function TEXT, version, time REAL, success INTEGER, seconds REAL, error TEXT, params TEXT,
  {", ".join(OUTCOME)});
CREATE INDEX IF NOT EXISTS by_function ON executions (function, version, time);
CREATE TABLE IF NOT EXISTS said ({", ".join(SAID)}, PRIMARY KEY (event, execution)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_execution ON said (execution);
CREATE TABLE IF NOT EXISTS decisions (
  id TEXT PRIMARY KEY, function TEXT, version, action TEXT, status TEXT, until REAL, tries INTEGER, body TEXT);
CREATE TABLE IF NOT EXISTS touched (function TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""


class Ledger:
    """The index of one state folder, or of this process alone with `path=":memory:"`. Used by one thread at a time.

    >>> from dana_poet.runtime.event_values import Event
    >>> ledger = Ledger(":memory:")
    >>> told = Event("poet.execution.completed", {"execution_id": "run-1", "function": "f", "version": 2})
    >>> ledger.take([told, told, Event("feedback", {"execution_id": "run-1", "useful": True})])
    ('f',)
    >>> ledger.find("run-1").version, ledger.outcome_of("run-1").verdict
    (2, True)
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.taken = 0
        self._db = self._opened()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def __del__(self) -> None:
        with contextlib.suppress(Exception):  # one that could not be opened has nothing to close
            self._db.close()

    # Taking in

    def take(self, events: Iterable[AnyEvent]) -> tuple[str, ...]:
        """Take events in, all or none; those taken before are passed over. Return the functions that they concern."""
        touched: set[str] = set()
        new = 0
        with self.transaction() as db:
            for event in events:
                if db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (event.id,)).rowcount:
                    new += 1
                    touched |= self._take(event)
            concerned = {function for function in map(self._settle, touched) if function}
            db.executemany("INSERT OR IGNORE INTO touched VALUES (?)", [(function,) for function in concerned])
        self.taken += new
        return tuple(sorted(concerned))

    def _take(self, event: AnyEvent) -> set[str]:
        ended = execution_in(event)
        if ended is not None:
            self._ended(ended)
            return {ended.id}
        given = feedback_in(event)
        for said in given:
            marks = ", ".join("?" * len(SAID))
            self._db.execute(f"INSERT OR IGNORE INTO said VALUES ({marks})", astuple(said))  # noqa: S608 - our own words
        return {said.execution for said in given}

    def _ended(self, one: Execution) -> None:
        row = (one.id, one.function, one.version, one.time, one.success, one.seconds, one.error)
        params = None if one.params is None else json.dumps(dict(one.params), default=str)
        self._db.execute(ENDED, (*row, params, *_values(NOTHING_SAID)))

    def _settle(self, execution: str) -> str:
        """Bring what is thought of an execution up to date; return its function, "" while it is not known."""
        said = self.said(execution)
        if said:
            self._db.execute(THOUGHT, (*_values(outcome(said)), execution))
        found = self._db.execute("SELECT function FROM executions WHERE id = ?", (execution,)).fetchone()
        return found[0] if found is not None else ""

    def prune(self, before: float) -> int:
        """Forget executions of before a moment (seconds since 1970) and what was said of them; return how many.

        Decisions stay. What is given up is what would be missing if the ledger were made again from pruned events.
        """
        with self.transaction() as db:
            gone = db.execute("DELETE FROM executions WHERE time < ?", (before,)).rowcount
            rest = "execution NOT IN (SELECT id FROM executions)"
            db.execute(f"DELETE FROM said WHERE time < ? AND {rest}", (before,))  # noqa: S608 - a constant is put in
            db.execute(
                "DELETE FROM seen WHERE event < ?", (f"{max(int(before * 1000), 0):011x}",)
            )  # ids begin with time
        return gone

    # Looking up

    def find(self, execution: str) -> Execution | None:
        """Return an execution by its id, None while it is not known."""
        found = self.rows(f"SELECT {NAMES} FROM executions WHERE id = ?", execution)  # noqa: S608 - our own words
        if not found:
            return None
        *plain, params = found[0]
        plain[4] = bool(plain[4])
        return Execution(*(*plain, json.loads(params) if params else None))

    def said(self, execution: str) -> list[Said]:
        """Return all feedback for an execution, in the order of its time."""
        found = self.rows("SELECT * FROM said WHERE execution = ? ORDER BY time, event", execution)
        return [Said(*_read_said(row)) for row in found]

    def outcome_of(self, execution: str) -> Outcome:
        """Return what is thought of an execution, also while the execution itself is not known."""
        return outcome(self.said(execution))

    def waiting(self, before: float) -> list[tuple[str, float]]:
        """Return the unknown executions for which feedback was given up to a moment, and since when it waits."""
        found = self.rows(
            "SELECT execution, MIN(time) FROM said WHERE execution NOT IN (SELECT id FROM executions) "
            "GROUP BY execution HAVING MIN(time) <= ? ORDER BY 2, 1",
            before,
        )
        return [(name, time) for name, time in found]

    def functions(self) -> tuple[str, ...]:
        """Return the names of all functions with executions."""
        return tuple(name for (name,) in self.rows("SELECT DISTINCT function FROM executions ORDER BY 1"))

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return what a query finds; for the modules of this package."""
        with self._told():
            return self._db.execute(query, values).fetchall()

    # Notes and decisions

    def note(self, name: str, default: Any = None) -> Any:
        """Return a value that was kept under a name."""
        found = self.rows("SELECT value FROM notes WHERE name = ?", name)
        return json.loads(found[0][0]) if found else default

    def keep(self, name: str, value: Any) -> None:
        """Keep a plain value under a name."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, json.dumps(value)))

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Do several things or none of them. StateError when the file cannot be written."""
        with self._told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                with contextlib.suppress(Exception):
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn faults of the file into StateError; a damaged one is put aside, so that the next pass makes it again."""
        import sqlite3

        try:
            yield
        except sqlite3.OperationalError as error:
            raise StateError(f"the ledger of learning cannot be used: {error}", hint=f"look at {self.path}") from error
        except sqlite3.DatabaseError as error:
            self._db.close()
            self._put_aside()
            self._db = self._connected()
            raise StateError(
                f"the ledger of learning was damaged: {error}", hint="the next pass makes it again"
            ) from error

    # The file

    def _opened(self) -> sqlite3.Connection:
        import sqlite3

        try:
            return self._connected()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "not a database" not in str(error):
                raise StateError(f"the ledger of learning cannot be opened: {error}", hint=self.path) from error
            self._put_aside()
            return self._connected()

    def _connected(self) -> sqlite3.Connection:
        import sqlite3

        if self.path != ":memory:":
            from dana_poet.runtime.state import make_private

            make_private(os.path.dirname(self.path))
        new = self.path == ":memory:" or not os.path.exists(self.path)
        db = sqlite3.connect(self.path, timeout=5.0, isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            if not new and db.execute("PRAGMA user_version").fetchone()[0] not in {0, FORMAT}:
                raise sqlite3.DatabaseError("a ledger of another version")
            db.executescript(TABLES)
            db.execute(f"PRAGMA user_version={FORMAT}")
        except BaseException:
            db.close()
            raise
        return db

    def _put_aside(self) -> None:
        aside = f"{self.path}.corrupt"
        os.replace(self.path, aside)
        for rest in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.path + rest)
        sys.stderr.write(f"WARNING the ledger of learning was damaged; it is made again, the old one is {aside}\n")


def _read_said(row: tuple[Any, ...]) -> list[Any]:
    values = list(row)
    for name in ("missed", "amends"):
        values[SAID.index(name)] = bool(values[SAID.index(name)])
    at = SAID.index("verdict")
    values[at] = None if values[at] is None else bool(values[at])
    return values


__all__ = ["Ledger", "moment"]
