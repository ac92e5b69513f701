"""Events in one SQLite file: a table in write-ahead mode, claimed by one statement, many events in a transaction."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dana_poet.events.backend import Counts, Filter
from dana_poet.events.buffer import warn
from dana_poet.events.event import Event, id_ms, text_of
from dana_poet.events.file_place import lock, make_private, unlock
from dana_poet.events.sqlite_log import Log

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

LOCK_SECONDS = 5.0
"""How long a statement waits for another process's transaction before it fails."""
MOST_KEYS = 100_000
"""How many keys of events that were pruned are remembered at least."""
WAITING, CLAIMED, DONE = 0, 1, 2
_SCHEMA = """
create table if not exists events (
  id text primary key, type text not null, time real not null, key text, execution text, payload text not null,
  state integer not null default 0, until real, token text, owner text) without rowid;
create unique index if not exists events_keys on events (key) where key is not null;
create index if not exists events_executions on events (execution) where execution is not null;
create index if not exists events_open on events (state, id) where state = 0;
create index if not exists events_leases on events (until) where state = 1;
drop index if exists events_waiting;
create table if not exists keys (number integer primary key, key text not null unique);
"""
_UNFINISHED = "select id from events where state = 0 union all select id from events where state = 1"
_COLUMNS = "id, type, payload, time, key"
_NOT_A_DATABASE = ("not a database", "malformed")


class SqliteStore:
    """The backend `sqlite:PATH`."""

    faults: tuple[type[Exception], ...] = (sqlite3.Error, OSError)

    def __init__(self, path: str, *, durability: str) -> None:
        self.path = os.path.abspath(path)
        self.url = f"sqlite:{self.path}"
        self._sync = "normal" if durability == "process" else "full"
        self._renew()

    def _renew(self) -> None:
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._turns, self._said = -1, ""
        self._log = Log(self.path)

    # The file

    @contextlib.contextmanager
    def _opened(self, *, create: bool = False, change: bool = False) -> Iterator[sqlite3.Connection | None]:
        """Give the connection, None when there is no file yet and none is to be made; a damaged file is put aside."""
        with self._lock:
            if self._connection is not None and (self._turns < 0 or not os.path.exists(self.path)):
                self._disconnect()
            if self._connection is None and (create or os.path.exists(self.path)):
                self._connect_or_look(look=not (create or change))
            try:
                yield self._connection
            except sqlite3.DatabaseError as error:
                if any(words in str(error) for words in _NOT_A_DATABASE):
                    self._put_aside(error)
                raise

    def _connect_or_look(self, *, look: bool) -> None:
        """Connect; where only reading is possible and asked for, look at the file as it is. The next time may be better."""
        try:
            self._connect()
        except (sqlite3.OperationalError, OSError):
            if not look or os.access(os.path.dirname(self.path), os.W_OK):
                raise
            self._disconnect()
            try:
                self._connection = self._looking("mode=ro")
            except sqlite3.OperationalError:
                self._connection = self._looking("mode=ro&immutable=1")  # its log cannot be opened without writing

    def _looking(self, how: str) -> sqlite3.Connection:
        named = f"file:{quote(self.path)}?{how}"
        connection = sqlite3.connect(named, uri=True, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("select id from events limit 1")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _connect(self) -> None:
        make_private(os.path.dirname(self.path))
        connection = sqlite3.connect(self.path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("pragma journal_mode=wal")
            connection.execute("pragma wal_autocheckpoint=4000")
            connection.execute(f"pragma busy_timeout={int(LOCK_SECONDS * 1000)}")
            connection.executescript(f"begin immediate; {_SCHEMA} commit;")
        except sqlite3.DatabaseError as error:
            connection.close()
            if any(words in str(error) for words in _NOT_A_DATABASE):
                self._put_aside(error)
            raise
        with contextlib.suppress(OSError):
            os.chmod(self.path, 0o600)
        self._connection, self._said = connection, ""
        self._turns = os.open(f"{self.path}-turns", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _put_aside(self, error: Exception) -> None:
        """Rename a damaged file, so that the next event starts a new one."""
        self._disconnect()
        number = 1
        while os.path.lexists(aside := f"{self.path}.corrupt-{number}"):
            number += 1
        with contextlib.suppress(OSError):
            os.rename(self.path, aside)
            for tail in ("-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.rename(f"{self.path}{tail}", f"{aside}{tail}")
            warn(f"{self.path} is damaged ({error}); it is kept as {aside}, and events go to a new file")

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if self._turns >= 0:
            os.close(self._turns)
            self._turns = -1
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _synchronous(self, connection: sqlite3.Connection, word: str) -> None:
        """Say how far the next transaction has to get."""
        if word != self._said:
            connection.execute(f"pragma synchronous={word}")
            self._said = word

    @contextlib.contextmanager
    def _changing(self, *, create: bool = False) -> Iterator[sqlite3.Connection | None]:
        """Give the connection inside one transaction; processes take turns, which SQLite's own waiting does not see to.

        Only what is published has to outlive a power cut: a claim or an acknowledgement that is lost comes again.
        """
        with self._opened(create=create, change=True) as connection:
            if connection is None:
                yield None
                return
            self._synchronous(connection, self._sync if create else "normal")
            lock(self._turns)
            try:
                connection.execute("begin immediate")
                if create and self._sync == "full":
                    self._log.make_room()
                yield connection
                connection.execute("commit")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("rollback")
                raise
            finally:
                unlock(self._turns)

    # Writing

    def append(self, events: Sequence[Event], handled: Collection[str]) -> None:
        """Insert events in one transaction; a key that is known leaves its event out."""
        rows = [
            (one.id, one.type, one.time, one.key, one.execution_id, text_of(one.payload), 2 if one.id in handled else 0)
            for one in events
        ]
        try:
            self._insert(rows)
        except sqlite3.DatabaseError as error:
            if self._connection is not None or not any(words in str(error) for words in _NOT_A_DATABASE):
                raise
            self._insert(rows)  # the damaged file was put aside

    def _insert(self, rows: list[tuple[Any, ...]]) -> None:
        with self._changing(create=True) as connection:
            assert connection is not None
            connection.executemany(
                "insert into events (id, type, time, key, execution, payload, state) select ?, ?, ?, ?, ?, ?, ? "
                "where ? is null or not exists (select 1 from keys where key = ?) on conflict do nothing",
                [(*row, row[3], row[3]) for row in rows],  # numbered marks warn under Python 3.12
            )

    def copy(self, events: Sequence[Event], handled: Collection[str]) -> None:
        """Write events of another store."""
        self.append(events, handled)

    def deliver(self) -> None:
        """Nothing: what is inserted can be seen."""

    # Claiming

    def claim(self, n: int, owner: str, lease_seconds: float, types: Collection[str] | None) -> list[Event]:
        """Lease events that wait, and those whose lease has ended, in the order of their ids."""
        now, token = time.time(), secrets.token_hex(8)
        with self._changing() as connection:
            if connection is None:
                return []
            connection.execute("update events set state = 0 where state = 1 and until <= ?", (now,))
            names = sorted(types) if types is not None else []
            wanted = f"and type in ({', '.join('?' * len(names))})" if types is not None else ""
            rows = connection.execute(
                "update events set state = 1, until = ?, token = ?, owner = ? where id in "  # noqa: S608 - only question marks are put in
                f"(select id from events where state = 0 {wanted} order by id limit ?) returning {_COLUMNS}",
                (now + lease_seconds, token, owner, *names, n),
            ).fetchall()
        return [replace(_event(row), lease=token) for row in sorted(rows)]

    def ack(self, events: Sequence[Event]) -> list[Event]:
        """Set events to acknowledged whose lease still holds."""
        with self._changing() as connection:
            if connection is None:
                return list(events)
            return [one for one in events if not _changed(connection, DONE, one)]

    def release(self, events: Sequence[Event]) -> None:
        """Set events to waiting whose lease still holds."""
        with self._changing() as connection:
            if connection is not None:
                for one in events:
                    _changed(connection, WAITING, one)

    def reopen(self, ids: Collection[str]) -> int:
        """Set acknowledged events to waiting."""
        with self._changing() as connection:
            if connection is None:
                return 0
            query = "update events set state = 0 where id = ? and state = 2"
            return sum(connection.execute(query, (one,)).rowcount for one in ids)

    # Looking

    def query(self, wanted: Filter) -> list[Event]:
        """Return events in the order of their ids."""
        terms: list[str] = []
        values: list[Any] = []
        for term, value in (
            ("type = ?", wanted.type),
            ("time >= ?", wanted.since),
            ("time < ?", wanted.until),
            ("execution = ?", wanted.execution_id),
        ):
            if value is not None:
                terms.append(term)
                values.append(value)
        where = f"where {' and '.join(terms)}" if terms else ""
        order = "desc" if wanted.newest else "asc"
        with self._opened() as connection:
            if connection is None:
                return []
            rows = connection.execute(
                f"select {_COLUMNS} from events {where} order by id {order} limit ?",  # noqa: S608 - only question marks are put in
                (*values, -1 if wanted.limit is None else wanted.limit),
            ).fetchall()
        return [_event(row) for row in (reversed(rows) if wanted.newest else rows)]

    def pending(self) -> int:
        """Count in the two small indexes of what waits and what is claimed."""
        waiting = self._number("select count(*) from events where state = 0")
        return int(waiting) + int(self._number("select count(*) from events where state = 1"))

    def oldest(self) -> Event | None:
        """Return the oldest event that waits, or whose lease has ended."""
        with self._opened() as connection:
            if connection is None:
                return None
            query = f"select {_COLUMNS} from events where state = 0 order by id limit 1"  # noqa: S608 - nothing is put in
            row = connection.execute(query).fetchone()
        return _event(row) if row is not None else None

    def counts(self) -> Counts:
        """Count by state."""
        claimed = int(self._number("select count(*) from events where state = 1"))
        pending, everything = self.pending(), int(self._number("select count(*) from events"))
        return Counts(pending - claimed, claimed, everything - pending)

    def unfinished(self) -> set[str]:
        """Return the ids of events that wait or are claimed."""
        with self._opened() as connection:
            rows = connection.execute(_UNFINISHED).fetchall() if connection else []
        return {row[0] for row in rows}

    def newest_ms(self) -> int:
        """Return the time in the highest id."""
        return id_ms(str(self._number("select max(id) from events") or ""))

    def _number(self, query: str) -> Any:
        with self._opened() as connection:
            row = connection.execute(query).fetchone() if connection is not None else None
        return row[0] if row is not None and row[0] is not None else 0

    def prune(self, before: float) -> int:
        """Delete acknowledged events and remember their keys."""
        with self._changing() as connection:
            if connection is None:
                return 0
            which = "where state = 2 and time < ?"
            connection.execute(
                f"insert or ignore into keys (key) select key from events {which} and key is not null order by id",  # noqa: S608 - a constant is put in
                (before,),
            )
            connection.execute("delete from keys where number <= (select max(number) from keys) - ?", (MOST_KEYS,))
            return int(connection.execute(f"delete from events {which}", (before,)).rowcount)  # noqa: S608 - a constant is put in

    def after_fork(self) -> None:
        """Forget the parent's connection without closing it, which would drop the parent's locks."""
        _inherited.append(self._connection)
        if self._turns >= 0:
            os.close(self._turns)
        self._renew()

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._disconnect()


_inherited: list[object] = []
"""Connections of the parent process: SQLite forbids using them, and closing them too."""


def _changed(connection: sqlite3.Connection, state: int, event: Event) -> bool:
    """Change the state of an event that its holder claimed, or that nobody has."""
    held = "state = 1 and token = ?" if event.lease else "state = 0 and ? is null"
    query = f"update events set state = ? where id = ? and {held}"  # noqa: S608 - one of two constants is put in
    return connection.execute(query, (state, event.id, event.lease)).rowcount == 1


def _event(row: tuple[Any, ...]) -> Event:
    import json

    identity, kind, payload, when, key = row
    return Event(identity, kind, json.loads(payload), when, key)
