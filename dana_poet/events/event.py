"""What one event is, how it is numbered so that ids sort by time, and how it stands on a line of JSON."""

from __future__ import annotations

import json
import json.encoder
import os
import time
from dataclasses import dataclass, field
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FAR_AHEAD_MS = 24 * 3600 * 1000
"""Ids that lie further in the future than this come from a clock that was wrong; new ids do not follow them."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `time` is in seconds since 1970; ids sort in the order in which events were published.

    `key` makes publishing idempotent: of several events with the same key a store keeps the first. `lease` is set
    on events that were claimed, and is what `ack` needs.

    >>> Event("1", "door.opened", {"door": 4}, 0.0).payload["door"]
    4
    """

    id: str
    type: str
    payload: dict[str, Any]
    time: float
    key: str | None = None
    lease: str | None = field(default=None, compare=False, repr=False)

    @property
    def execution_id(self) -> str | None:
        """The execution that the event belongs to, None when its payload names none."""
        found = self.payload.get("execution_id")
        return found if type(found) is str else None


class Ids:
    """Makes ids that sort in the order of making, whatever the clock does: 11 digits of time, 5 counted, 8 random.

    The caller holds a lock. `follow` makes later ids sort behind those of an earlier process.

    >>> ids = Ids(clock=iter([5.0, 4.0]).__next__)
    >>> first, second = ids.next(), ids.next()
    >>> first < second
    True
    """

    __slots__ = ("_clock", "_count", "_ms", "_own")

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._own = os.urandom(4).hex()
        self._ms = 0
        self._count = 0

    def follow(self, ms: int) -> None:
        """Let ids sort behind those made at `ms`, unless that is far in the future."""
        if self._ms < ms <= int(self._clock() * 1000) + FAR_AHEAD_MS:
            self._ms, self._count = ms, 0

    def next(self) -> str:
        """Return the next id."""
        return self.at(self._clock())

    def at(self, now: float) -> str:
        """Return the next id, given what the clock says in seconds."""
        ms = int(now * 1000)
        if ms > self._ms:
            self._ms, self._count = ms, 0
        else:
            self._count += 1
            if self._count > 0xFFFFF:
                self._ms, self._count = self._ms + 1, 0
        return f"{self._ms:011x}{self._count:05x}{self._own}"


def id_ms(identity: str) -> int:
    """Return the milliseconds since 1970 that an id starts with; 0 for what is no id of ours."""
    try:
        return int(identity[:11], 16)
    except ValueError:
        return 0


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_encode_ascii = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode


def _fast_encoder() -> Callable[[Any], str]:
    """Return an encoder that is set up once and not for each value, where this Python has its parts in C."""
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return _encode
    encode = make(None, None, encode_basestring, None, ":", ",", False, False, False)
    return lambda value: "".join(encode(value, 0))


_fast = _fast_encoder()


def text_of(value: Any) -> str:
    """Return `value` as JSON that can be written as UTF-8: half characters are escaped, all others readable."""
    text = _encode(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        return _encode_ascii(value)
    return text


def _line(event: Event) -> str:
    key = "null" if event.key is None else encode_basestring(event.key)
    head = f'{{"id":"{event.id}","type":{encode_basestring(event.type)},"time":{event.time!r},"key":{key},"payload":'
    return f"{head}{_fast(event.payload)}}}\n"


def line_of(event: Event) -> bytes:
    """Return an event as one line of JSON, with its newline."""
    try:
        return _line(event).encode()
    except UnicodeEncodeError:
        whole = {"id": event.id, "type": event.type, "time": event.time, "key": event.key, "payload": event.payload}
        return _encode_ascii(whole).encode() + b"\n"


def lines_of(events: Sequence[Event]) -> bytes:
    """Return events as lines of JSON."""
    try:
        return "".join(map(_line, events)).encode()
    except UnicodeEncodeError:
        return b"".join(map(line_of, events))


def event_of(line: bytes | str) -> Event:
    """Return the event of a line; ValueError for what is not one."""
    try:
        found = json.loads(line)
        event = Event(found["id"], found["type"], found["payload"], float(found["time"]), found["key"])
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"no event: {error!r}") from error
    if type(event.id) is not str or type(event.type) is not str or type(event.payload) is not dict:
        raise ValueError("no event: its fields have other types")
    return event
