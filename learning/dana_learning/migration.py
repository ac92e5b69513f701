"""Opening a file that stock TinyDB wrote: it becomes a store of ours, and the old file stays beside it.

The new file is written and synced beside the old one, the old one gets a second name, and only then the new one takes
its place: at every moment one whole file stands under the path, and a crash before the end is as if nothing had begun.
"""

# Paths are plain texts here, as in the log below.
# ruff: noqa: PTH101, PTH105, PTH108, PTH116, PTH123

from __future__ import annotations

import filecmp
import json
import os
import shutil
import warnings
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any

from dana_learning.appendlog.file import Handle, lock, open_file, refused, sync_folder, unlock
from dana_learning.errors import StoreError, StoreFormatError, StoreMigrated
from dana_learning.journal import import_json, open_database

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from tinydb import TinyDB

CLEANED = ("", ".index", ".compact")
"""What may stand beside a new file, by the end of its name."""


def open_migrated(path: str | os.PathLike[str], *, own: AbstractSet[str], **options: Any) -> TinyDB:
    """Return the database of a file; one of stock TinyDB becomes ours first, which StoreMigrated says once.

    `own` are the names of tables that mean something else here: a file that has one of them is refused.
    """
    try:
        return open_database(path, **options)
    except StoreFormatError:
        if options.get("read_only"):
            raise
        told = _migrated(os.path.realpath(path), own, options.get("lock_seconds", 5.0))
        if told is None:
            raise
    found = open_database(path, **options)
    if told:
        warnings.warn(StoreMigrated(told), stacklevel=3)
    return found


def _migrated(path: str, own: AbstractSet[str], seconds: float) -> str | None:
    """Return what was done, "" when another program was faster, None when this is no file of TinyDB or cannot be written."""
    handle, read_only = open_file(path, read_only=False)
    if read_only or handle.read(0, 64).lstrip()[:1] not in {b"{", b""}:
        return None
    lock(handle, seconds)
    try:
        if os.stat(path).st_ino != handle.inode:
            return ""
        return _replaced(path, handle, own)
    except OSError as cause:
        refused(path, cause, "making a store of a file of stock TinyDB")
    finally:
        unlock(handle)


def _replaced(path: str, handle: Handle, own: AbstractSet[str]) -> str:
    """Make the new file, keep the old one under another name, and put the new one in its place."""
    fresh, before = f"{path}.migrating", os.fstat(handle.fd)
    _clean(fresh)
    try:
        documents = _imported(path, fresh, own)
        os.chmod(fresh, before.st_mode & 0o7777)
        now = os.fstat(handle.fd)
        if (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            hint = "close the program that writes to it with stock TinyDB"
            raise StoreError(f"{path} changed while it was read", path=path, hint=hint)
        kept = _kept_as(path)
        with suppress(FileNotFoundError):
            os.unlink(f"{fresh}.index")  # of this name only; the next opening makes another
        os.replace(fresh, path)
        sync_folder(path)
    finally:
        _clean(fresh)
    return f"{path} was written by stock TinyDB: it is a store of ours with its {documents} documents now, the old file is {kept}"


def _imported(path: str, fresh: str, own: AbstractSet[str]) -> int:
    """Write a new store; return how many documents it has. What `export_store` wrote is understood, all else stays as it is."""
    from dana_learning.exchange import TABLES, import_store

    tables = _tables(path)
    if taken := sorted(own & tables.keys()):
        hint = "import it into another file with dana_learning.journal.import_json, and open that with open_database"
        raise StoreFormatError(f"{path} is a file of TinyDB with a table {taken[0]!r} of its own", path=path, hint=hint)
    ids = [number for table in tables.values() if isinstance(table, dict) for number in table]
    if not all(number.isdecimal() for number in ids):
        wanted = "documents by number, as TinyDB writes them"
        raise StoreFormatError(f"{path} is JSON, not a store", path=path, expected=wanted, hint="give another path")
    filled = {name for name, table in tables.items() if table}
    if filled and filled <= set(TABLES):
        try:
            return import_store(path, fresh)
        except StoreFormatError:
            _clean(fresh)  # tables of the same names that say something else
    return import_json(path, fresh)


def _tables(path: str) -> dict[str, Any]:
    """Return the tables of a file; none where it cannot be read, which its import says with the reason."""
    with suppress(ValueError, RecursionError), open(path, encoding="utf-8") as file:
        found = json.load(file)
        return found if isinstance(found, dict) else {}
    return {}


def _kept_as(path: str) -> str:
    """Give the old file a second name that nobody has; return it. A try that was cut short has left it already."""
    for number in count(1):
        name = f"{path}.stock" if number == 1 else f"{path}.stock-{number}"
        if not os.path.lexists(name):
            break
        if filecmp.cmp(name, path, shallow=False):
            return name
    try:
        os.link(path, name)
    except OSError:  # a file system without second names
        try:
            shutil.copy2(path, f"{name}.new")
            with open(f"{name}.new", "rb") as file:
                os.fsync(file.fileno())
            os.replace(f"{name}.new", name)
        finally:
            _clean(f"{name}.new")
    sync_folder(path)
    return name


def _clean(fresh: str) -> None:
    """Remove what an unfinished try left."""
    for end in CLEANED:
        with suppress(FileNotFoundError):
            os.unlink(fresh + end)
