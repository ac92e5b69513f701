"""Events in a Redis server: streams, a consumer group, and leases; for consumers on several machines.

Needs the extra `redis`. How much a crash of the server costs is what its `appendfsync` says: with `always` nothing,
with `everysec` about a second. `durability` decides only when this process hands events over.
"""

from __future__ import annotations

import heapq
import re
import secrets
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dana_poet.errors import UsageError
from dana_poet.events import redis_scripts as scripts
from dana_poet.events.backend import Counts, Filter
from dana_poet.events.event import Event, event_of, id_ms, line_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

KEY_DAYS = 30
"""How long a key is known."""
PAGE = 1000
AT_ONCE = 500
"""How many events one script takes; longer ones would keep others waiting."""
ANSWER_SECONDS = 5.0


def _client(url: str) -> Any:
    try:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError as error:
        raise UsageError("redis:// needs the package redis", hint="pip install 'dana-poet[redis]'") from error
    return redis.Redis.from_url(
        url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS, retry=Retry(NoBackoff(), 1)
    )


def _faults() -> tuple[type[Exception], ...]:
    from redis.exceptions import RedisError

    return (RedisError, OSError)


class RedisStore:
    """The backend `redis://HOST:PORT/DB`; `?prefix=NAME` keeps several stores in one database."""

    def __init__(self, url: str) -> None:
        self.url = re.sub(r"//[^/@]*@", "//...@", url)
        plain, _, query = url.partition("?")
        prefix, rest = "dana:events", []
        for part in query.split("&") if query else []:
            name, _, value = part.partition("=")
            if name == "prefix" and value:
                prefix = value
            else:
                rest.append(part)
        self._address = plain + (f"?{'&'.join(rest)}" if rest else "")
        self._prefix = prefix
        try:
            self._redis = _client(self._address)
        except ValueError as error:
            raise UsageError(f"{self.url!r} is no address of a Redis server", hint=str(error)) from error
        self.faults: tuple[type[Exception], ...] = _faults()
        self._scripts: dict[str, Any] = {}
        self._lock = threading.Lock()

    def _run(self, script: str, *arguments: object) -> Any:
        ready = self._scripts.get(script)
        if ready is None:
            ready = self._scripts[script] = self._redis.register_script(script)
        return ready(keys=[self._prefix], args=list(arguments))

    def _key(self, *parts: str) -> str:
        return ":".join((self._prefix, *parts))

    # Writing

    def append(self, events: Sequence[Event], handled: Collection[str]) -> None:
        """Add events to the streams of their types. What was added before an answer got lost is not added again."""
        self._add(events, handled, copies=False)

    def copy(self, events: Sequence[Event], handled: Collection[str]) -> None:
        """Add events of another store."""
        self._add(events, handled, copies=True)

    def _add(self, events: Sequence[Event], handled: Collection[str], *, copies: bool) -> None:
        for start in range(0, len(events), AT_ONCE):
            arguments: list[object] = [KEY_DAYS * 86400, int(copies)]
            for one in events[start : start + AT_ONCE]:
                arguments += [
                    one.id,
                    _bytes(one.type),
                    _bytes(one.key or ""),
                    line_of(one)[:-1],
                    int(one.id in handled),
                ]
            self._run(scripts.APPEND, *arguments)

    def deliver(self) -> None:
        """Nothing: what is added can be seen."""

    # Claiming

    def claim(self, n: int, owner: str, lease_seconds: float, types: Collection[str] | None) -> list[Event]:
        """Lease events that wait, and those whose lease has ended, in the order of arrival."""
        if types is not None and not types:
            return []
        found: list[Event] = []
        names = [_bytes(kind) for kind in types or ()]
        while len(found) < n:
            token, want = secrets.token_hex(8), min(n - len(found), AT_ONCE)
            answer = self._run(scripts.CLAIM, want, int(lease_seconds * 1000), token, _bytes(owner), *names)
            for number, line in zip(answer[::2], answer[1::2], strict=True):
                found.append(replace(event_of(line), lease=f"{number.decode()}:{token}"))
            if len(answer) < 2 * want:
                break
        return found

    def ack(self, events: Sequence[Event]) -> list[Event]:
        """Acknowledge events whose token is still that of their lease."""
        lost: list[Event] = []
        for start in range(0, len(events), AT_ONCE):
            some = events[start : start + AT_ONCE]
            answer = self._run(scripts.ACK, *self._leases(some))
            lost += [one for one, fine in zip(some, answer, strict=True) if not fine]
        return lost

    def release(self, events: Sequence[Event]) -> None:
        """End leases now."""
        self._run(scripts.RELEASE, *self._leases(events))

    def _leases(self, events: Sequence[Event]) -> list[object]:
        arguments: list[object] = []
        for one in events:
            number, _, token = (one.lease or f"{self._number(one)}:").partition(":")
            arguments += [number, _bytes(one.type), token]
        return arguments

    def _number(self, event: Event) -> int:
        """Return the arrival number of an event that was not claimed, the latest looked at first; 0 when it is gone."""
        needle = f'"id":"{event.id}"'.encode()
        for number, line in self._entries(_bytes(event.type), newest=True):
            if needle in line:
                return number
        return 0

    def reopen(self, ids: Collection[str]) -> int:
        """Put acknowledged events among those whose lease has ended."""
        arguments: list[object] = []
        for kind in self._redis.smembers(self._key("types")):
            for number, line in self._entries(kind):
                if event_of(line).id in ids:
                    arguments += [number, kind]
        step = 2 * AT_ONCE
        return sum(int(self._run(scripts.REOPEN, *arguments[at : at + step])) for at in range(0, len(arguments), step))

    # Looking

    def query(self, wanted: Filter) -> list[Event]:
        """Return events in the order of arrival."""
        kinds = [_bytes(wanted.type)] if wanted.type is not None else list(self._redis.smembers(self._key("types")))
        streams = [self._entries(kind, newest=wanted.newest) for kind in kinds]
        needle = wanted.execution_id.encode() if wanted.execution_id and wanted.execution_id.isalnum() else b""
        found: list[Event] = []
        for _, line in heapq.merge(*streams, key=lambda entry: entry[0], reverse=wanted.newest):
            if needle not in line:
                continue
            event = event_of(line)
            if wanted.takes(event):
                found.append(event)
                if len(found) == wanted.limit:
                    break
        return found[::-1] if wanted.newest else found

    def _entries(self, kind: bytes, *, newest: bool = False) -> Iterator[tuple[int, bytes]]:
        """Yield the arrival numbers and lines of a stream, in pages."""
        name, edge = self._key("s", "").encode() + kind, "+" if newest else "-"
        while True:
            page = (
                self._redis.xrevrange(name, max=edge, min="-", count=PAGE)
                if newest
                else self._redis.xrange(name, min=edge, max="+", count=PAGE)
            )
            for identity, fields in page:
                yield int(identity.split(b"-")[0]), fields[b"e"]
            if len(page) < PAGE:
                return
            edge = f"({page[-1][0].decode()}"

    def pending(self) -> int:
        """Return the number that the scripts keep."""
        return int(self._redis.get(self._key("pending")) or 0)

    def oldest(self) -> Event | None:
        """Return the oldest event that waits, or whose lease has ended."""
        line = self._run(scripts.OLDEST)
        return event_of(line) if line else None

    def counts(self) -> Counts:
        """Count what the streams hold."""
        kinds = self._redis.smembers(self._key("types"))
        kept = sum(self._redis.xlen(self._key("s", "").encode() + kind) for kind in kinds)
        claimed, pending = self._redis.zcard(self._key("leases")), self.pending()
        return Counts(pending - claimed, claimed, kept - pending)

    def unfinished(self) -> set[str]:
        """Return the ids of events that are not acknowledged."""
        open_ones = self._open_numbers()
        found = set()
        for kind, numbers in open_ones.items():
            found |= {event_of(line).id for number, line in self._entries(kind) if number in numbers}
        return found

    def _open_numbers(self) -> dict[bytes, set[int]]:
        answer = self._run(scripts.UNFINISHED)
        found: dict[bytes, set[int]] = {}
        for kind, number in zip(answer[::2], answer[1::2], strict=True):
            found.setdefault(kind, set()).add(int(number))
        return found

    def newest_ms(self) -> int:
        """Return the time in the id that was added last."""
        return id_ms((self._redis.get(self._key("newest")) or b"").decode())

    def prune(self, before: float) -> int:
        """Delete acknowledged entries; their keys stay known."""
        open_ones, gone = self._open_numbers(), 0
        for kind in self._redis.smembers(self._key("types")):
            name, still = self._key("s", "").encode() + kind, open_ones.get(kind, set())
            old = [
                number for number, line in self._entries(kind) if number not in still and event_of(line).time < before
            ]
            for start in range(0, len(old), PAGE):
                gone += int(self._redis.xdel(name, *(f"{number}-1" for number in old[start : start + PAGE])))
        return gone

    def after_fork(self) -> None:
        """Connect anew: a child must not talk on its parent's connection."""
        self._redis = _client(self._address)
        self._scripts = {}

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
