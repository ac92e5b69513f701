"""`dana-poet events`: list, show, follow, count, replay and prune the events of a store."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dana_poet.cli.places import folder_of, length, told_plainly
from dana_poet.cli.verbs import parser
from dana_poet.errors import UsageError
from dana_poet.events.opening import open_store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from dana_poet.events.event import Event
    from dana_poet.events.store import EventStore

DAY = 86400.0
POLL_SECONDS = 0.5
LATE_SECONDS = 5.0
SHOWN = 100
"""Characters of a payload in a list."""


def events(words: list[str]) -> int:
    """`dana-poet events`."""
    options = parser("events", "List, show, follow, count, replay and prune the events of a store.")
    verbs = options.add_subparsers(dest="verb", metavar=" | ".join(ABOUT), required=True)
    for name, about in ABOUT.items():
        one = verbs.add_parser(name, help=about, description=about[:1].upper() + about[1:] + ".", allow_abbrev=False)
        ARGUMENTS[name](one)
        where = one.add_mutually_exclusive_group()
        where.add_argument("--store", metavar="URL", help="file:DIR, sqlite:PATH or redis://HOST:PORT/DB")
        where.add_argument(
            "--state", metavar="DIR", help="the state folder (default: that of the settings, else .poet)"
        )
        one.add_argument("--json", action="store_true", help="print JSON")
    given = options.parse_args(words)
    given.state = folder_of(given.state)
    folder = os.path.join(given.state, "events")
    if given.store is None and not os.path.isdir(folder):
        _note(f"there are no events in {given.state} (--state DIR names another)")
    with told_plainly("events"), open_store(given.store or f"file:{folder}") as store:
        return DOING[given.verb](store, given)


def _note(text: str) -> None:
    print(f"dana-poet events: {text}", file=sys.stderr)


# What the verbs take


def _choosing(one: argparse.ArgumentParser) -> None:
    one.add_argument("--type", metavar="TYPE", help="only events of this type")
    one.add_argument("--since", metavar="TIME", type=moment, help="from this time on: 2026-11-21T14:00, or 2h for ago")
    one.add_argument("--until", metavar="TIME", type=moment, help="before this time")
    one.add_argument("--execution", metavar="ID", help="only events of this execution")


def _listing(one: argparse.ArgumentParser) -> None:
    _choosing(one)
    one.add_argument("-n", "--limit", metavar="N", type=_count, default=20, help="the last N (default: 20)")


def _following(one: argparse.ArgumentParser) -> None:
    _listing(one)
    one.add_argument("-f", "--follow", action="store_true", help="go on until Ctrl-C")


def _replaying(one: argparse.ArgumentParser) -> None:
    one.add_argument("ids", metavar="ID", nargs="*", help="events by id; or choose with the options")
    _choosing(one)


ARGUMENTS: dict[str, Callable[[argparse.ArgumentParser], object]] = {
    "list": _listing,
    "show": lambda one: one.add_argument("id", metavar="ID", help="the event's id"),
    "tail": _following,
    "stats": lambda _: None,
    "replay": _replaying,
    "prune": lambda one: one.add_argument(
        "--older-than", metavar="TIME", type=length, default=30 * DAY, help="such as 12h or 30d (default: 30d)"
    ),
}


def moment(text: str) -> float:
    """Return a time in seconds since 1970: an ISO date or time (local unless it says otherwise), or `2h` for ago.

    >>> moment("2026-01-01T00:00+00:00")
    1767225600.0
    """
    if re.fullmatch(r"\d+(\.\d+)?[smhdw]", text):
        return time.time() - length(text)
    with contextlib.suppress(ValueError):
        return float(text) if re.fullmatch(r"\d{9,}(\.\d+)?", text) else datetime.fromisoformat(text).timestamp()
    raise UsageError(f"{text!r} is no time", hint="write 2026-11-21T14:00, or 90s, 15m, 2h, 3d, 1w for ago")


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise UsageError(f"{text!r} is not a whole number from 1", hint="see dana-poet events --help")
    return int(text)


# The verbs


def _chosen(store: EventStore, given: argparse.Namespace, limit: int | None) -> list[Event]:
    return store.query(given.type, given.since, given.until, given.execution, limit, newest=limit is not None)


def listed(store: EventStore, given: argparse.Namespace) -> int:
    """`events list`: the last events, the newest at the end."""
    found, open_ones = _chosen(store, given, given.limit), store.unfinished()
    if not found and (given.store is not None or os.path.isdir(os.path.join(given.state, "events"))):
        _note(_why_none(store))
    if given.json:
        print(json.dumps([_plain(one) | {"pending": one.id in open_ones} for one in found], ensure_ascii=False))
        return 0
    rows = [(_when(one), one.id, "pending" if one.id in open_ones else "done", one.type, _brief(one)) for one in found]
    _table(("time", "id", "state", "type", "payload"), rows)
    return 0


def _why_none(store: EventStore) -> str:
    """Return what to say where no event fits."""
    if store.query(limit=1):
        return "no event fits (dana-poet events stats lists the types)"
    return f"there are no events in {store.url}"


def show(store: EventStore, given: argparse.Namespace) -> int:
    """`events show`: one event, whole."""
    for one in store.query():
        if one.id == given.id:
            print(json.dumps(_plain(one) | {"pending": one.id in store.unfinished()}, ensure_ascii=False, indent=2))
            return 0
    if store.query(execution_id=given.id, limit=1):
        hint = f"that is an execution: dana-poet events list --execution {given.id}"
        raise UsageError(f"there is no event {given.id}", hint=hint)
    raise UsageError(f"there is no event {given.id}", hint=f"dana-poet events list; looked in {store.url}")


def tail(store: EventStore, given: argparse.Namespace) -> int:
    """`events tail`: the last events, and with --follow those that come."""
    found = _chosen(store, given, given.limit)
    since = found[-1].time if found else time.time()
    seen = {one.id for one in _late(store, given, since) if one.time <= since} | {one.id for one in found}
    _print_each(found, given)
    while given.follow:
        time.sleep(POLL_SECONDS)
        fresh = [one for one in _late(store, given, since) if one.id not in seen]
        seen |= {one.id for one in fresh}
        _print_each(fresh, given)
    return 0


def _late(store: EventStore, given: argparse.Namespace, since: float) -> list[Event]:
    """Return what came lately: a process writes its events a moment after they happened, so a little of the past too."""
    return store.query(given.type, since - LATE_SECONDS, given.until, given.execution)


def _print_each(found: Sequence[Event], given: argparse.Namespace) -> None:
    for one in found:
        print(json.dumps(_plain(one), ensure_ascii=False) if given.json else f"{_when(one)}  {one.type}  {_brief(one)}")
    sys.stdout.flush()


def stats(store: EventStore, given: argparse.Namespace) -> int:
    """`events stats`: how many, of which types, since when."""
    counts, oldest = store.counts(), store.oldest()
    kinds: dict[str, int] = {}
    for one in store.query():
        kinds[one.type] = kinds.get(one.type, 0) + 1
    waits = max(time.time() - oldest.time, 0.0) if oldest is not None else 0.0
    found = {
        "store": store.url, "waiting": counts.waiting, "claimed": counts.claimed, "done": counts.done,
        "oldest_waits_seconds": round(waits, 3), "types": dict(sorted(kinds.items())),
    }  # fmt: skip
    if given.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    print(f"{store.url}: {counts.waiting} waiting, {counts.claimed} claimed, {counts.done} done")
    if oldest is not None:
        print(f"the oldest has waited {waits:.1f} s: {oldest.id} {oldest.type}")
    _table(("type", "events"), [(name, str(number)) for name, number in sorted(kinds.items())])
    return 0


def replay(store: EventStore, given: argparse.Namespace) -> int:
    """`events replay`: let acknowledged events wait again, so that whoever handles them gets them again."""
    chosen = (given.type, given.since, given.until, given.execution) != (None,) * 4
    if bool(given.ids) == chosen:
        raise UsageError("say which events: by id, or with --type, --since, --until, --execution")
    unknown = {*given.ids} - {one.id for one in store.query()} if given.ids else set()
    if unknown:
        raise UsageError(f"there is no event {min(unknown)}", hint=f"dana-poet events list; looked in {store.url}")
    number = store.reopen(given.ids or _chosen(store, given, None))
    print(json.dumps({"replayed": number}) if given.json else f"{number} events wait again")
    return 0


def prune(store: EventStore, given: argparse.Namespace) -> int:
    """`events prune`: forget acknowledged events that are old."""
    told = {"pruned": store.prune(given.older_than)}
    text = f"{told['pruned']} acknowledged events forgotten"
    if not told["pruned"] and (waiting := store.pending()):
        _note(f"{waiting} events are not acknowledged and stay (dana-poet learn run takes them in)")
    if given.store is None and os.path.exists(os.path.join(given.state, "events", "log.jsonl")):
        from dana_poet.runtime.event_log_prune import prune_in

        told["log"] = prune_in(given.state, time.time() - given.older_than)
        text += f", {told['log']} in the log of its programs"
    if given.store is None and os.path.exists(os.path.join(given.state, "events", "ledger.sqlite")):
        from dana_poet.orchestration import LearningOrchestrator

        with LearningOrchestrator(store, folder=given.state) as learning:
            told["executions"] = learning.prune(given.older_than)
        text += f", and {told['executions']} executions in the ledger of learning"
    print(json.dumps(told) if given.json else text)
    return 0


# How it looks


def _plain(one: Event) -> dict[str, Any]:
    return {"id": one.id, "type": one.type, "time": one.time, "key": one.key, "payload": one.payload}


def _when(one: Event) -> str:
    return datetime.fromtimestamp(one.time, UTC).isoformat(sep=" ", timespec="milliseconds").replace("+00:00", "Z")


def _brief(one: Event) -> str:
    text = json.dumps(one.payload, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}\u2026"


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print a table on a terminal, and columns where a program reads them."""
    if not sys.stdout.isatty():
        for row in [heads, *rows]:
            print("\t".join(row))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(*heads)
    for row in rows:
        table.add_row(*map(escape, row))
    Console(highlight=False).print(table)


ABOUT = {
    "list": "the last events, and whether they are acknowledged",
    "show": "one event, whole",
    "tail": "the last events, and with --follow those that come",
    "stats": "how many events wait, are claimed, are done; by type; how long the oldest has waited",
    "replay": "let acknowledged events wait again, so that whoever handles them gets them again",
    "prune": "forget acknowledged events that are old",
}
DOING: dict[str, Callable[[EventStore, argparse.Namespace], int]] = {
    "list": listed, "show": show, "tail": tail, "stats": stats, "replay": replay, "prune": prune,
}  # fmt: skip
