"""What every source of feedback has to keep, ours or a plug-in's: `check_source(source, messages)`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dana_poet.orchestration.sources import FeedbackSource, PushedSource, SourceEvent, collect, receive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


def check_source(
    source: FeedbackSource | PushedSource, open_store: Callable[[], Any], messages: Sequence[Mapping[str, Any]] = ()
) -> None:
    """Run all checks; AssertionError says what the source does not keep.

    `open_store` gives an empty store of `dana_poet.events`; `messages` are ones that the source is pushed, if it is.
    """
    assert isinstance(source, (FeedbackSource, PushedSource)), "a source has poll(), or push(message)"
    assert isinstance(source.name, str), "a source's name is text"
    assert source.name, "a source has a name"
    if isinstance(source, FeedbackSource):
        _check_events(list(source.poll()))
        _check_once(lambda store: collect(source, store), open_store)
    if isinstance(source, PushedSource):
        assert messages, "give the messages that this source understands"
        for message in messages:
            before = json.dumps(message, default=str)
            _check_events(list(source.push(message)))
            assert json.dumps(message, default=str) == before, "push() changed the message"
            _check_once(lambda store, message=message: receive(source, message, store), open_store)  # type: ignore[misc]
        _check_refuses_nonsense(source)


def _check_events(events: Iterable[SourceEvent]) -> None:
    keys = set()
    for event in events:
        assert isinstance(event, SourceEvent), f"{type(event).__name__} is no SourceEvent"
        assert event.type, "an event has a type"
        assert " " not in event.type, f"the type {event.type!r} has a space"
        assert event.key, f"{event.type} has no key: telling it again would count again"
        assert event.key not in keys, f"the key {event.key!r} is given twice in one go"
        keys.add(event.key)
        assert json.loads(json.dumps(event.payload, allow_nan=False)) == event.payload, "a payload is plain JSON"
        for name in ("execution_id", "alert_id"):
            assert isinstance(event.payload.get(name, ""), str), f"{name} is text"
        several = event.payload.get("execution_ids", [])
        assert isinstance(several, list), "execution_ids is a list"
        assert all(isinstance(one, str) for one in several), "execution_ids are texts"


def _check_once(tell: Callable[[Any], int], open_store: Callable[[], Any]) -> None:
    store = open_store()
    tell(store)
    first = len(store.query())
    tell(store)
    assert len(store.query()) == first, "told again, something is published again: its key changes"


def _check_refuses_nonsense(source: PushedSource) -> None:
    try:
        told = list(source.push({"nonsense": object.__name__}))
    except ValueError:
        return
    assert not told, "a message that says nothing gives no events, or ValueError"
