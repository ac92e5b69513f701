"""Forgetting what a program's log no longer needs: what is old and dealt with goes, what still waits is carried on.

The log is written anew: its first line says which offset of the old one it goes on from, and where. So processes that
read the old one find their place in the new one, and those that were behind read what was carried.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any

from dana_poet.errors import StateError
from dana_poet.runtime import encoding, state
from dana_poet.runtime.event_bridge import OVERLAP
from dana_poet.runtime.events import EventBus
from dana_poet.runtime.state import sync_folder, write_all

if TYPE_CHECKING:
    from dana_poet.runtime.event_log import EventLog

Record = dict[str, Any]


def prune_in(folder: str, before: float) -> int:
    """Forget what is from before a time in seconds and dealt with in the log of a state folder; return how many events.

    Events that a handler or a block still has to deal with stay, and so do blocks that have not had any feedback yet.
    While the store of the folder cannot be told of everything in the log, nothing goes. StateError when the log cannot
    be written.
    """
    kept = state.StateFolder(folder)
    if not os.path.exists(kept.events_file()):
        return 0
    try:
        with state.use(kept):
            bus = EventBus()
            log = bus.log()
            return _prune(bus, log, before) if log is not None and bus.tell_untold() else 0
    except OSError as error:
        raise StateError(f"{kept.events_file()} cannot be pruned: {error.strerror or error}") from error


def _prune(bus: EventBus, log: EventLog, before: float) -> int:
    with log.folder.locked():
        log.refresh()
        if not bus.is_told():
            return 0
        lines = _lines(log.path)
        split = next((n for n, (line, _) in enumerate(lines) if _time(_record(line)) >= before), len(lines))
        old = [_record(line) for line, _ in lines[:split]]
        carried = _carried(bus, old, [_record(line) for line, _ in lines])
        if len(carried) >= len(old) - 1:
            return 0
        start = lines[split][1] if split < len(lines) else sum(len(line) for line, _ in lines)
        _replace(log, carried, start, b"".join(line for line, _ in lines[split:]))
        log.refresh()
    return sum("event" in one for one in old) - sum("event" in one for one in carried)


def _lines(path: str) -> list[tuple[bytes, int]]:
    """Return the lines of a log with their offsets; a torn last line is none yet."""
    with open(path, "rb") as stream:
        content = stream.read()
    found, offset = [], 0
    for line in content[: content.rfind(b"\n") + 1].splitlines(keepends=True):
        found.append((line, offset))
        offset += len(line)
    return found


def _record(line: bytes) -> Record:
    with contextlib.suppress(ValueError, RecursionError):
        record = json.loads(line)
        return record if isinstance(record, dict) else {}
    return {}


def _time(record: Record) -> float:
    """Return when the event of a record happened; long ago for what is none."""
    if "event" not in record:
        return float("-inf")
    with contextlib.suppress(Exception):  # a record that cannot be read is not read by anybody
        return float(encoding.decode(record["time"]).timestamp())
    return float("-inf")


def _carried(bus: EventBus, old: list[Record], every: list[Record]) -> list[Record]:
    """Return those of the old records that something still waits for, in their order."""
    owed = bus.feedback.owed() if bus.feedback is not None else {}
    served = {one["by"] for one in every if "done" in one} - {by for blocks in owed.values() for by in blocks}
    looked = max((float(one["looked"]) for one in every if "looked" in one), default=0.0)
    waiting = {*owed, *(event for event, _ in bus.failed)}
    events, found = {one["event"] for one in old if _stays(one, waiting, looked)}, []
    registered: dict[str, Record] = {}
    for one in old:
        if "event" in one or "done" in one or "failed" in one:
            found += [one] if (one.get("event") or one.get("done") or one.get("failed")) in events else []
        elif "registration" in one and (identity := _identity(one)) not in served:
            if identity not in registered:
                found.append(one)
            registered[identity] = one
    told = [one["event"] for one in found if "event" in one]
    return found + ([{"stored": told[-1]}] if told else []) + ([{"looked": looked}] if looked else [])


def _stays(one: Record, waiting: set[str], looked: float) -> bool:
    """Whether an old event stays; feedback from the store stays as long as the store is asked for it again."""
    if "event" not in one:
        return False
    brought = str(one["event"]).startswith("event-from-") and _time(one) >= looked - OVERLAP
    return one["event"] in waiting or brought


def _identity(one: Record) -> str:
    return f"{one['key']}::{one['registration']}::{one['agent']}"


def _replace(log: EventLog, carried: list[Record], start: int, rest: bytes) -> None:
    """Write the log anew: its head, what is carried, and the rest as it was."""
    kept = b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in carried)
    content = log.head(start, len(kept)) + kept + rest
    fresh = f"{log.path}.new"
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        write_all(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(fresh, log.path)
    sync_folder(os.path.dirname(log.path))
