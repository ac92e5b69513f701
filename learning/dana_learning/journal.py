"""TinyDB on an append-only file: a `Storage` and a `Table` for TinyDB's two public hooks.

Both give the answers of stock TinyDB, but a write costs the same however much is kept, survives a crash at any point,
and is seen by every program that has the file open.

>>> import tempfile
>>> from tinydb import TinyDB, where
>>> folder = tempfile.TemporaryDirectory()
>>> with open_database(f"{folder.name}/db") as db:
...     _ = db.insert({"name": "timeout", "value": 5})
...     db.search(where("value") > 3)
[{'name': 'timeout', 'value': 5}]
>>> folder.cleanup()
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document, Table

from dana_learning.appendlog.file import write_whole
from dana_learning.appendlog.log import Log
from dana_learning.appendlog.state import Key, decode, encode
from dana_learning.errors import StoreError, StoreFormatError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tinydb.queries import QueryLike

    from dana_learning.appendlog.salvage import OpenReport

Tables = dict[str, dict[str, Any]]


def open_database(path: str | os.PathLike[str], **options: Any) -> TinyDB:
    """Return a TinyDB whose storage and tables are ours; `options` are those of `JournalStorage`."""
    return _JournalDB(os.fspath(path), **options)


class _JournalDB(TinyDB):
    """TinyDB with both hooks set."""

    def __init__(self, path: str, **options: Any) -> None:
        super().__init__(path, storage=JournalStorage, **options)

    def tables(self) -> set[str]:
        """Return the names of all tables, without reading them."""
        storage = self.storage
        assert isinstance(storage, JournalStorage)
        with storage.log.mutex:
            return set(storage.log.refresh().tables)

    def drop_table(self, name: str) -> None:
        """Drop a table, without reading it."""
        storage = self.storage
        assert isinstance(storage, JournalStorage)
        self._tables.pop(name, None)
        with storage.log as state:
            if name in state.tables:
                storage.log.commit([["x", name]])


def key_of(text: str) -> Key:
    """Return the id that TinyDB writes as this text: a number where it is one."""
    try:
        number = int(text)
    except ValueError:
        return text
    return number if str(number) == text else text


class JournalStorage(Storage):
    """TinyDB's view of a log: `read` gives everything, `write` appends what is different.

    With `JournalTable` neither is on the path of a single document. `options` are those of `Log`: `durability`
    ("always", "group", "process"), `read_only`, `lock_seconds`, `describe`.
    """

    def __init__(self, path: str | os.PathLike[str], **options: Any) -> None:
        super().__init__()
        self.log = Log(os.fspath(path), **options)

    @property
    def report(self) -> OpenReport:
        """What was found when the file was opened."""
        return self.log.report

    def read(self) -> Tables | None:
        """Return all tables as plain dicts; None when nothing was ever written."""
        with self.log.mutex:
            state = self.log.refresh()
            if not state.records and not state.tables:
                return None
            return {
                name: {str(key): decode(payload)[3] for key, payload in self.log.payloads(name)}
                for name in state.tables
            }

    def write(self, data: Tables) -> None:
        """Make the file say what `data` says, in one batch."""
        with self.log as state:
            operations: list[list[Any]] = [["x", name] for name in state.tables if name not in data]
            for name, documents in data.items():
                operations += self._differences(name, documents)
            if not operations and not state.records:
                operations = [["x", ""]]  # an empty database was written, which is not the same as none
            self.log.commit(operations)

    def _differences(self, name: str, documents: Mapping[str, Any]) -> list[list[Any]]:
        """Return the operations that turn a table of the log into `documents`."""
        puts = [["p", name, key_of(str(key)), document] for key, document in documents.items()]
        if name not in self.log:
            return [["t", name], *puts]
        old = dict(self.log.payloads(name))
        fresh = {operation[2]: encode(operation) for operation in puts}
        staying = [key for key in old if key in fresh]
        if [*staying, *(key for key in fresh if key not in old)] != list(fresh):
            return [["t", name], *puts]  # another order
        gone = [["d", name, key] for key in old if key not in fresh]
        return gone + [put for put in puts if old.get(put[2]) != fresh[put[2]]]

    def flush(self) -> None:
        """Make everything durable that was written."""
        self.log.flush()

    def close(self) -> None:
        """Sync and close."""
        self.log.close()


class _Documents(Mapping[str, dict[str, Any]]):
    """A table as TinyDB reads it: ids as texts; documents are read from the file when they are asked for."""

    def __init__(self, log: Log, name: str) -> None:
        self._log = log
        self._name = name

    def __getitem__(self, text: str) -> dict[str, Any]:
        document = self._log.document(self._name, key_of(text))
        if document is None:
            raise KeyError(text)
        return document

    def __len__(self) -> int:
        with self._log.mutex:
            return len(self._log.table(self._name).offsets)

    def __iter__(self) -> Iterator[str]:
        with self._log.mutex:
            keys = list(self._log.table(self._name).offsets)
        return map(str, keys)

    def items(self) -> Iterable[tuple[str, dict[str, Any]]]:  # type: ignore[override]  # TinyDB only iterates
        """Return ids and documents as they are now."""
        found = self._log.payloads(self._name)
        return ((str(key), decode(payload)[3]) for key, payload in found)


class _Overlay(MutableMapping[Any, Any]):
    """A table that is being updated: documents are copied when they are touched; `operations` says what changed."""

    def __init__(self, log: Log, name: str, id_class: Callable[[Any], Any]) -> None:
        self._log = log
        self._name = name
        self._id = id_class
        self._old = log.table(name).offsets
        self._touched: dict[Key, tuple[bytes, Any]] = {}
        self._gone: set[Key] = set()
        self._new: dict[Key, Any] = {}

    def _place(self, key: Any) -> Key:
        """Return the id in the log for an id of the table; what a dict finds equal (True and 1) is found here too."""
        if type(key) is int:
            return key
        if self._id is int:
            return int(key) if key in self._old or key in self._new else key
        return key_of(str(key))

    def _there(self, key: Key) -> bool:
        return key in self._new or (key in self._old and key not in self._gone)

    def __contains__(self, key: object) -> bool:
        return self._there(self._place(key))

    def __getitem__(self, key: Any) -> Any:
        place = self._place(key)
        if place in self._new:
            return self._new[place]
        if place in self._touched:
            return self._touched[place][1]
        if place not in self._old or place in self._gone:
            raise KeyError(key)
        payload = self._log.handle.payload(self._old[place])
        document = decode(payload)[3]
        self._touched[place] = (payload, document)
        return document

    def __setitem__(self, key: Any, document: Any) -> None:
        place = self._place(key)
        if place in self._old and place not in self._gone:
            before = self._touched[place][0] if place in self._touched else b""
            self._touched[place] = (before, document)
        else:
            self._new[place] = document

    def __delitem__(self, key: Any) -> None:
        place = self._place(key)
        if not self._there(place):
            raise KeyError(key)
        if place in self._new:
            del self._new[place]
        else:
            self._gone.add(place)
            self._touched.pop(place, None)

    def __iter__(self) -> Iterator[Any]:
        for key in self._old:
            if key not in self._gone:
                yield self._id(key)
        yield from map(self._id, self._new)

    def __len__(self) -> int:
        return len(self._old) - len(self._gone) + len(self._new)

    def clear(self) -> None:
        """Remove all documents, without reading them."""
        self._gone.update(self._old)
        self._touched.clear()
        self._new.clear()

    def operations(self) -> list[list[Any]]:
        """Return what to write down, in an order that gives the order of this table."""
        if self._gone and len(self._gone) == len(self._old):
            found: list[list[Any]] = [["t", self._name]]
        else:
            found = [["d", self._name, key] for key in self._old if key in self._gone] if self._gone else []
        for key, (before, document) in self._touched.items():
            put = ["p", self._name, key, document]
            if encode(put) != before:
                found.append(put)
        return found + [["p", self._name, key, document] for key, document in self._new.items()]


class JournalTable(Table):
    """A TinyDB table on a `JournalStorage`: reads and writes only the documents that are concerned."""

    _storage: JournalStorage
    _next_id: Any
    _seen = -1

    def _version(self) -> int:
        table = self._storage.log.refresh().tables.get(self._name)
        return -1 if table is None else table.version

    def _current(self) -> None:
        """Forget what was remembered when somebody else changed the table: another program, or another table object."""
        with self._storage.log.mutex:
            version = self._version()
            if version != self._seen:
                self._seen = version
                self._next_id = None
                self.clear_cache()

    def insert(self, document: Mapping[str, Any]) -> int:
        """Insert a document and return its id."""
        with self._storage.log:
            return super().insert(document)

    def upsert(self, document: Mapping[str, Any], cond: QueryLike | None = None) -> list[int]:
        """Update what matches, or insert."""
        with self._storage.log:
            return super().upsert(document, cond)

    def search(self, cond: QueryLike) -> list[Document]:
        """Return the documents that match."""
        self._current()
        return super().search(cond)

    def _get_next_id(self) -> Any:
        self._current()
        if self._next_id is None:
            self._next_id = self._storage.log.table(self._name).highest() + 1
        found: int = self._next_id
        self._next_id = found + 1
        return found

    def _read_table(self) -> Any:
        return _Documents(self._storage.log, self._name)

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        log = self._storage.log
        with log as state:
            self._current()
            overlay = _Overlay(log, self._name, self.document_id_class)
            updater(overlay)  # type: ignore[arg-type]  # everything that an updater does with a dict
            operations = overlay.operations()
            if not operations and self._name not in state.tables:
                operations = [["t", self._name]]
            log.commit(operations)
            self._seen = self._version()
            self.clear_cache()


_JournalDB.table_class = JournalTable


def import_json(source: str | os.PathLike[str], path: str | os.PathLike[str]) -> int:
    """Copy a file that stock TinyDB wrote into a new store at `path`; return how many documents it has.

    StoreFormatError when the source is not such a file, StoreError when there is something at `path` already. The
    source stays as it is.
    """
    try:
        data = json.loads(Path(source).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as cause:
        hint = "it may be cut short: stock TinyDB writes in place; look for a backup"
        raise StoreFormatError(f"{source} is not whole JSON", path=str(source), hint=hint) from cause
    if not isinstance(data, dict) or not all(
        isinstance(table, dict) and all(isinstance(document, dict) for document in table.values())
        for table in data.values()
    ):
        wanted = "a dict of tables, each a dict of documents"
        raise StoreFormatError(f"{source} was not written by TinyDB", path=str(source), expected=wanted)
    if Path(path).exists() and Path(path).stat().st_size:
        raise StoreError(f"{path} exists", path=str(path), hint="import into a new file, so that nothing is mixed")
    storage = JournalStorage(path, durability="process")
    try:
        storage.write(data)
    finally:
        storage.close()
    return sum(len(table) for table in data.values())


def export_json(path: str | os.PathLike[str], target: str | os.PathLike[str]) -> int:
    """Write all tables of a store as the JSON file that stock TinyDB reads; return how many documents there are.

    The target appears whole or not at all.
    """
    storage = JournalStorage(path, read_only=True)
    try:
        data = storage.read() or {}
    finally:
        storage.close()
    write_whole(os.fspath(target), json.dumps(data))
    return sum(len(table) for table in data.values())
