"""Checks that every place for events must pass: ours run on files, SQLite and Redis, yours on your own backend.

`check_store(make)` calls `make(durability)` for a new, empty store and again for a second view of the same place; it
raises AssertionError with the rule that is broken.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Protocol

from dana_poet.errors import EventError, LeaseLostError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dana_poet.events.event import Event
    from dana_poet.events.store import EventStore


class Places(Protocol):
    """Gives places for events: each is a function that opens a store there, the first time as an empty one."""

    def __call__(self) -> Callable[..., EventStore]:
        """Return a function that opens a store at a new place, every time the same one."""


def check_store(places: Places) -> None:
    """Run all checks, each on a new place. AssertionError names the rule and what was seen."""
    for check in CHECKS:
        check(places())


def _same(seen: object, wanted: object, rule: str) -> None:
    if seen != wanted:
        raise AssertionError(f"{rule}: expected {wanted!r}, got {seen!r}")


def _numbers(events: Sequence[Event]) -> list[Any]:
    return [event.payload.get("n") for event in events]


def _filled(store: EventStore, count: int, kind: str = "a") -> list[Event]:
    return store.publish_many([(kind, {"n": n}) for n in range(count)])


def check_round_trip(place: Callable[..., EventStore]) -> None:
    """What was published is read back by another view as it was: payload, type, time, key and id."""
    for durability in ("batch", "event", "process"):
        with place(durability=durability) as store, place() as other:
            payload = {
                "n": 1,
                "text": '\u00e4\u20ac\U0001f600\n"\ud800',
                "deep": {"list": [1, 2.5, None, True, {}]},
                "": [],
            }
            event = store.publish(f"round.{durability}", payload, key=f"key {durability}")
            store.flush()
            _same(other.query(type=f"round.{durability}"), [event], "an event is read back as it was")


def check_order(place: Callable[..., EventStore]) -> None:
    """Events are claimed and read in the order of publishing, whatever their types."""
    with place() as store:
        events = [store.publish("ab"[n % 2], {"n": n}) for n in range(30)]
        _same(sorted(event.id for event in events), [event.id for event in events], "ids sort by publishing")
        _same(_numbers(store.query()), list(range(30)), "a query is in order")
        _same(_numbers(store.claim(20, owner="x")), list(range(20)), "the oldest are claimed first")


def check_claims(place: Callable[..., EventStore]) -> None:
    """No event is with two owners; types choose; what is acknowledged never comes again, and stays to be looked at."""
    with place() as store, place() as other:
        _filled(store, 10)
        store.publish("b", {"n": 10})
        store.flush()
        mine, yours = store.claim(4, owner="x"), other.claim(4, owner="y")
        _same(_numbers(mine) + _numbers(yours), list(range(8)), "claims do not overlap")
        _same(_numbers(store.claim(9, owner="x", types=["b"])), [10], "types choose")
        _same(store.ack(mine), 4, "acknowledging tells how many")
        _same(store.pending(), 7, "claimed events are pending until they are acknowledged")
        _same(_numbers(other.claim(9, owner="z")), [8, 9], "only waiting events are claimed")
        _same(other.claim(9, owner="z"), [], "when all are claimed there are none")
        _same(len(store.query()), 11, "acknowledged events can be looked at")


def check_leases(place: Callable[..., EventStore]) -> None:
    """A lease that ends lets its events be claimed again; who acknowledges too late is told."""
    with place() as store, place() as other:
        _filled(store, 4)
        mine = store.claim(4, owner="x", lease_seconds=0.01)
        time.sleep(0.03)
        again = other.claim(2, owner="y")
        _same([event.id for event in again], [event.id for event in mine[:2]], "ended leases are claimed again")
        lost = _lost(store, mine)
        _same({event.id for event in again} <= set(lost), True, "a lost lease is told")
        _same(other.ack(again), 2, "the new owner acknowledges")
        _same(_lost(other, again), [event.id for event in again], "acknowledging twice is told")
        rest = other.claim(9, owner="z")
        other.ack(rest)
        _same(len(rest) + 2 + len(mine) - len(lost), 4, "everything is acknowledged once")
        _same(store.pending(), 0, "and nothing is left")


def _lost(store: EventStore, events: list[Event]) -> list[str]:
    try:
        store.ack(events)
    except LeaseLostError as error:
        return [event.id for event in error.events]  # type: ignore[attr-defined] # they are events
    return []


def check_release(place: Callable[..., EventStore]) -> None:
    """What is given back waits again at once."""
    with place() as store:
        _filled(store, 5)
        claimed = store.claim(3, owner="x")
        store.release(claimed[1:])
        _same(_numbers(store.claim(9, owner="y")), [1, 2, 3, 4], "released events are claimed again, in order")


def check_keys(place: Callable[..., EventStore]) -> None:
    """Of several events with one key the first is kept, from any view, and also after it was acknowledged and pruned."""
    for durability in ("batch", "event"):
        with place(durability=durability) as store, place(durability=durability) as other:
            kind = f"keys.{durability}"
            first = store.publish(kind, {"n": 1}, key=kind)
            _same(store.publish(kind, {"n": 2}, key=kind), first, "the store that knows the first one returns it")
            store.flush()
            other.publish(kind, {"n": 3}, key=kind)
            other.publish_many([(kind, {"n": 4}, kind), (kind, {"n": 5}, f"{kind} two"), (kind, {"n": 6})])
            _same(_numbers(other.query(type=kind)), [1, 5, 6], "one event for each key")
            store.ack(store.claim(9, owner="x", types=[kind]))
            store.prune(-1.0)
            with place(durability=durability) as third:
                third.publish(kind, {"n": 7}, key=kind)
                _same(_numbers(third.query(type=kind)), [], "a key is known when its event is gone")


def check_looking(place: Callable[..., EventStore]) -> None:
    """A query chooses by type, time, execution and number; oldest and counts agree with it."""
    with place() as store:
        _same((store.oldest(), store.pending(), store.query()), (None, 0, []), "an empty store is empty")
        events = [store.publish("ab"[n % 2], {"n": n, "execution_id": f"e{n // 4}"}) for n in range(12)]
        _same(_numbers(store.query(type="b", limit=2)), [1, 3], "a limit takes the first")
        _same(_numbers(store.query(type="b", limit=2, newest=True)), [9, 11], "or the last, in order")
        _same(_numbers(store.query(execution_id="e1")), [4, 5, 6, 7], "by execution")
        _same(store.query(since=events[0].time, until=events[-1].time + 1), events, "by time, since is inclusive")
        _same(store.query(until=events[0].time), [], "by time, until is exclusive")
        _same(store.query(type="none"), [], "by an unknown type")
        store.claim(2, owner="x")
        _same(store.oldest(), events[2], "the oldest that waits")
        counts = store.counts()
        _same((counts.waiting, counts.claimed, counts.done), (10, 2, 0), "counts")


def check_reopening(place: Callable[..., EventStore]) -> None:
    """Acknowledged events can wait again, and are then claimed and counted like others; what is pending is left alone."""
    with place() as store:
        events = _filled(store, 5)
        store.ack(store.claim(4, owner="x"))
        store.claim(1, owner="x")
        _same(store.reopen([events[0], events[3].id, events[4]]), 2, "what was acknowledged is opened")
        _same(store.pending(), 3, "and pending")
        again = store.claim(9, owner="y")
        _same(_numbers(again), [0, 3], "and claimed")
        _same((store.ack(again), store.pending(), len(store.query())), (2, 1, 5), "and acknowledged again")


def check_prune(place: Callable[..., EventStore]) -> None:
    """Only acknowledged events that are old enough are forgotten."""
    with place() as store:
        _filled(store, 6)
        store.ack(store.claim(6, owner="x"))
        _filled(store, 2, "young")
        store.claim(1, owner="x")
        _same(store.prune(3600), 0, "young events stay")
        _same(store.prune(-1.0), 6, "old acknowledged ones go")
        _same([event.type for event in store.query()], ["young", "young"], "others stay")
        _same(store.pending(), 2, "and are counted")


class Seen:
    """A handler that remembers the numbers of events."""

    def __init__(self) -> None:
        self.numbers: list[Any] = []

    def __call__(self, event: Event) -> None:
        """Remember one."""
        self.numbers.append(event.payload["n"])


def check_subscriptions(place: Callable[..., EventStore]) -> None:
    """Replay comes after subscribing, new events in publish; what a handler fails on goes on waiting."""
    for durability in ("batch", "event"):
        with place(durability=durability) as store, place() as other:
            kind, seen = f"sub.{durability}", Seen()
            _filled(other, 3, kind)
            other.flush()
            end = store.subscribe(kind, seen)
            _same(seen.numbers, [0, 1, 2], "what waits comes when the handler is there")
            store.publish(kind, {"n": 3})
            _same(seen.numbers, [0, 1, 2, 3], "what is published comes at once")
            store.flush()
            _same(store.pending(), 0, "what a handler took is acknowledged")
            end()
            store.publish(kind, {"n": 4})
            _same((seen.numbers[-1], store.pending()), (3, 1), "an ended subscription takes nothing")
            store.ack(store.claim(9, owner="x"))


def check_threads(place: Callable[..., EventStore]) -> None:
    """Threads may share a store: nothing is lost, nothing acknowledged twice."""
    with place() as store:
        done: list[str] = []

        def work(number: int) -> None:
            for n in range(50):
                store.publish("t", {"n": number * 50 + n})
            while events := store.claim(7, owner=f"thread {number}"):
                store.ack(events)
                done.extend(event.id for event in events)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for event in store.claim(200, owner="rest"):
            store.ack(event)
            done.append(event.id)
        _same(sorted(done), sorted(event.id for event in store.query()), "each event is acknowledged once")
        _same(len(done), 200, "none is lost")


def check_refusals(place: Callable[..., EventStore]) -> None:
    """A payload that is no plain data is refused with the field named, and nothing of the group is kept."""
    with place() as store:
        for payload, field in (
            ({"user": {"when": {1}}}, "payload.user.when"),
            ({"n": [0, float("nan")]}, "payload.n[1]"),
        ):
            try:
                store.publish_many([("fine", {}), ("wrong", payload)])
            except EventError as error:
                _same(error.message.startswith(field), True, f"the message starts with {field}")
            else:
                raise AssertionError(f"{payload!r} was not refused")
        _same(store.query(), [], "nothing of a refused group is kept")


CHECKS: tuple[Callable[[Callable[..., EventStore]], None], ...] = (
    check_round_trip,
    check_order,
    check_claims,
    check_leases,
    check_release,
    check_keys,
    check_looking,
    check_reopening,
    check_prune,
    check_subscriptions,
    check_threads,
    check_refusals,
)
"""All checks, each for one new place."""
