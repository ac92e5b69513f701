"""A process that changes versions until it is killed, and what has to hold whenever that happens."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import struct
import time
from pathlib import Path
from typing import TYPE_CHECKING

from dana_poet.codegen.promotion import Promotion
from dana_poet.codegen.versions import History, QuarantinedError, VersionStore
from dana_poet.errors import StateError
from tests.codegen.version_cases import PASSED, candidate, original

if TYPE_CHECKING:
    from collections.abc import Callable

ACKNOWLEDGED = struct.Struct("<qq")


def in_child(work: Callable[[], None]) -> int:
    """Run `work` in a forked process that ends at once, without any closing; return its process id."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - the exit code says it
            os._exit(1)
        os._exit(0)
    return child


def changes_until_killed(folder: Path, seed: int, pipe: int, *, flushed: bool) -> None:
    """Add, promote, roll back, pin, expel, again and again; say after each what was acknowledged."""
    if not flushed:  # a killed process needs no disk, and comes to more places
        vars(os)["fsync"] = lambda _handle: None
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    history = VersionStore(folder).open(original())
    while True:
        added = history.add(candidate(f"{chance.getrandbits(60)} + n" + " + 0" * chance.randrange(200)), PASSED)
        one_change(history, added.number, chance)
        revision = history.audit()[-1].sequence
        os.write(pipe, ACKNOWLEDGED.pack(added.number, revision))


def one_change(history: History, number: int, chance: random.Random) -> None:
    """Do something that is allowed now, or find that it is not."""
    act = chance.randrange(7)
    try:
        if act <= 1:
            history.move(number, "active", "a kill test")
        elif act == 2:
            history.move(number, "canary", "a kill test", {"percent": 5})
            history.expel(number, "quarantined", "a kill test", {"counterexample": f"{number}"})
        elif act == 3:
            history.rollback()
        elif act == 4:
            history.pin(number)
            history.unpin()
        elif act == 5:
            history.collect(keep=3)
        else:
            on_trial(history, number)
    except (QuarantinedError, StateError):
        return


def on_trial(history: History, number: int) -> None:
    """Begin a trial, tell it something, keep it."""
    promotion = Promotion(history, history.version(number))
    promotion.trial.rest = 0.0
    promotion.begin()
    for call in range(20):
        promotion.observe(candidate=call % 2 == 0, value=1.0)
    promotion.close()


def killed_once(folder: Path, seed: int, seconds: float | None, *, flushed: bool) -> tuple[int, int]:
    """Let a child work for a while, kill it; return the last number and revision that it acknowledged.

    Without `seconds` the while is until it has acknowledged something.
    """
    reading, writing = os.pipe()
    child = in_child(lambda: changes_until_killed(folder, seed, writing, flushed=flushed))
    os.close(writing)
    if seconds is None:
        select.select([reading], [], [], 60)
    else:
        time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    said = b""
    while part := os.read(reading, 1 << 16):
        said += part
    os.close(reading)
    whole = len(said) - len(said) % ACKNOWLEDGED.size
    return ACKNOWLEDGED.unpack(said[whole - ACKNOWLEDGED.size : whole]) if whole else (0, 0)


def check(folder: Path, number: int, revision: int) -> int:
    """Look at everything as a new process does; return the newest revision."""
    history = VersionStore(folder).open(original())
    current = history.current()
    assert history.problem == ""
    if current is not None:
        assert current.state == "active" or current.pinned
        compile(current.source(), "current", "exec")
        assert current.source().endswith("\n")
    versions = history.versions
    assert sum(one.state == "active" for one in versions) <= 1
    assert (current is None) == (not any(one.state == "active" or one.pinned for one in versions))
    for one in versions:
        if not one.collected:
            one.source()
    trial = Path(history.file_of("trial.json"))
    assert not trial.exists() or json.loads(trial.read_bytes())["kind"] == "trial"
    trail = history.audit()
    assert [one.sequence for one in trail] == list(range(1, len(trail) + 1))
    assert {one.number for one in versions} <= {one.version for one in trail if one.event == "added"}
    assert not versions or versions[-1].number >= number
    assert len(trail) >= revision
    return len(trail)


def run_kills(folder: Path, kills: int, seed: int = 1) -> int:
    """Kill again and again, checking everything each time; return how many changes were made."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    total = newest = 0
    started = time.monotonic()
    killed_once(folder / "first", seed, None, flushed=True)
    change = time.monotonic() - started  # a slow machine needs longer to come to the same places
    for turn in range(kills):
        if turn % 25 == 0:
            folder = folder / "next"  # a new folder now and then: the first change is a place of its own
            newest = 0
        seconds = chance.random() * change * (3 if turn % 25 else 1)
        number, revision = killed_once(folder, seed * 10_000 + turn, seconds, flushed=turn % 4 == 0)
        before, newest = newest, check(folder, number, max(revision, newest))
        total += newest - before
    return total
