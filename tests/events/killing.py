"""Kill processes at random moments while they publish, claim and acknowledge; then look whether the store kept its word.

    python killing.py URL KILLS SEED FOLDER

prints what was found as JSON. It forks, so it is a program of its own: a test's process may have threads.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import sys
import time
from pathlib import Path

from dana_poet.events import LeaseLostError, open_store

DURABILITIES = ("batch", "event", "process")


def work(url: str, durability: str, log: int, seed: int) -> None:
    """Publish, claim and acknowledge for ever; log what the store has confirmed."""
    rng = random.Random(seed)  # noqa: S311 - there are no secrets here
    store = open_store(url, durability=durability)  # type: ignore[arg-type] # one of three words

    def say(what: str, ids: list[str]) -> None:
        os.write(log, f"{what} {' '.join(ids)}\n".encode())

    number = 0
    while True:
        many = [("kill.test", {"n": n, "text": "x" * rng.randrange(400)}) for n in range(rng.randrange(1, 40))]
        if durability == "batch":
            events = store.publish_many(many)
            store.flush()
        else:
            events = [store.publish(*one, key=f"{seed} {(number := number + 1)}") for one in many[:5]]
        say("published", [event.id for event in events])
        claimed = store.claim(rng.randrange(1, 30), owner=f"worker {seed}", lease_seconds=0.2)
        try:
            store.ack(claimed)
            say("acknowledged", [event.id for event in claimed])
        except LeaseLostError as error:
            lost = {event.id for event in error.events}  # type: ignore[attr-defined] # they are events
            say("acknowledged", [event.id for event in claimed if event.id not in lost])


def kill_often(url: str, kills: int, seed: int, log_file: Path) -> None:
    """Start a process, kill it after a random time, and again; two live at a time."""
    open_store(url).close()  # loads what children would have to load
    rng = random.Random(seed)  # noqa: S311 - there are no secrets here
    log = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    alive: list[int] = []
    for number in range(kills):
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                work(url, DURABILITIES[number % 3], log, seed * 1_000_000 + number)
            os._exit(1)
        alive.append(child)
        time.sleep(rng.uniform(0.0, 0.06))
        if len(alive) == 2:
            end(alive.pop(0))
    wait_for_a_confirmation(log_file)
    for child in alive:
        end(child)
    os.close(log)


def wait_for_a_confirmation(log_file: Path) -> None:
    """Let the last processes live until something was confirmed: on a busy machine none got that far before."""
    last = time.monotonic() + 60
    while time.monotonic() < last and not re.search(r"^acknowledged \S", log_file.read_text(), re.MULTILINE):
        time.sleep(0.01)


def end(child: int) -> None:
    """Kill one process; one that ended itself met an error."""
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        sys.stderr.write("a worker ended by itself\n")


def found(url: str, log_file: Path) -> dict[str, int]:
    """Compare what the store has with what it confirmed."""
    said: dict[str, list[str]] = {"published": [], "acknowledged": []}
    for line in log_file.read_text().splitlines():
        what, *ids = line.split(" ")
        said[what] += [one for one in ids if one]
    with open_store(url) as store:
        ids = [event.id for event in store.query()]
        unfinished = store.unfinished()
        time.sleep(0.25)  # the leases of the killed end
        rest = store.claim(10**6, owner="rest")
        store.ack(rest)
        return {
            "published": len(said["published"]),
            "acknowledged": len(said["acknowledged"]),
            "published_and_gone": len(set(said["published"]) - set(ids)),
            "twice_in_store": len(ids) - len(set(ids)),
            "acknowledged_twice": len(said["acknowledged"]) - len(set(said["acknowledged"])),
            "acknowledged_and_pending": len(set(said["acknowledged"]) & unfinished),
            "unfinished_and_not_claimable": len(unfinished ^ {event.id for event in rest}),
            "pending_at_the_end": store.pending(),
        }


if __name__ == "__main__":
    address, times, start, folder = sys.argv[1:]
    kill_often(address, int(times), int(start), Path(folder) / "log")
    print(json.dumps(found(address, Path(folder) / "log")))  # noqa: T201 - this is its answer
