"""One writer of one queue at one durability: bench_events.py runs this under the interpreter that has the queues.

python events_peers.py QUEUE LEVEL COUNT FOLDER      prints events per second
python events_peers.py QUEUE oldest COUNT FOLDER     prints milliseconds: count, first pop, median pop
python events_peers.py QUEUE share COUNT FOLDER      prints acknowledged, different, lost, events per second; 4 processes
"""

# ruff: noqa: D102, ARG002 - five verbs with one meaning, said at the first class and alike in all
# mypy: disable-error-code="import-not-found, no-untyped-call"
from __future__ import annotations

import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from typing import Any, Protocol

GROUP = 100
SMALL = {
    "execution_id": "a1b2c3-000042", "function": "shop.prices.discount", "version": 3, "success": True,
    "seconds": 0.00123, "params": {"threshold": 0.5, "window": 20}, "note": "x" * 200,
}  # fmt: skip


class Queue(Protocol):
    """What the benchmark does with a queue: write, make durable, count, look at the oldest, take and acknowledge."""

    def put(self, number: int) -> None: ...
    def finish(self) -> None: ...
    def count(self) -> int: ...
    def oldest(self) -> object: ...
    def take(self, n: int, owner: str) -> list[int]: ...
    def ack(self) -> None: ...


class Dana:
    """Ours; the store is `file`, `sqlite`, or a redis:// URL."""

    def __init__(self, kind: str, level: str, folder: str) -> None:
        from dana_poet.events import open_store

        url = kind if ":" in kind else f"{kind}:{folder}/store"
        durability: Any = {"group": "batch"}.get(level, level)
        self.store = open_store(url, durability=durability)

    def put(self, number: int) -> None:
        self.store.publish("poet.execution.completed", SMALL | {"number": number})

    def finish(self) -> None:
        self.store.flush()

    def count(self) -> int:
        return self.store.pending()

    def oldest(self) -> object:
        return self.store.oldest()

    def take(self, n: int, owner: str) -> list[int]:
        self.claimed = self.store.claim(n, owner=owner)
        return [event.payload["number"] for event in self.claimed]

    def ack(self) -> None:
        self.store.ack(self.claimed)


class Lite:
    """litequeue 0.9: SQLite, one INSERT for each message; groups by its transaction()."""

    def __init__(self, level: str, folder: str) -> None:
        import litequeue

        self.queue = litequeue.LiteQueue(f"{folder}/lite.db")
        self.queue.conn.execute(f"PRAGMA synchronous={'NORMAL' if level == 'process' else 'FULL'}")
        self.group, self.waiting = level == "group", 0

    def put(self, number: int) -> None:
        if self.group and self.waiting == 0:
            self.queue.conn.execute("BEGIN IMMEDIATE")
        insert = f"INSERT INTO {self.queue.table} (data, message_id, status, in_time) VALUES (?, ?, 0, ?)"  # noqa: S608 - its own table
        if self.group:  # put() opens a transaction of its own, which a group must not
            self.queue.conn.execute(
                insert, (json.dumps(SMALL | {"number": number}), f"{time.time_ns()}", time.time_ns())
            )
            self.waiting += 1
            if self.waiting == GROUP:
                self.finish()
        else:
            self.queue.put(json.dumps(SMALL | {"number": number}))

    def finish(self) -> None:
        if self.waiting:
            self.queue.conn.execute("COMMIT")
            self.waiting = 0

    def count(self) -> int:
        return int(self.queue.qsize())

    def oldest(self) -> object:
        return self.queue.peek()

    def take(self, n: int, owner: str) -> list[int]:
        self.message = self.queue.pop()
        return [json.loads(self.message.data)["number"]] if self.message is not None else []

    def ack(self) -> None:
        self.queue.done(self.message.message_id)


class Persist:
    """persist-queue: SQLiteAckQueue in write-ahead mode; each put is a transaction, whatever auto_commit says."""

    def __init__(self, level: str, folder: str) -> None:
        import persistqueue

        self.queue = persistqueue.SQLiteAckQueue(f"{folder}/persist", auto_resume=False)
        self.queue._putter.execute(f"PRAGMA synchronous={'NORMAL' if level == 'process' else 'FULL'}")

    def put(self, number: int) -> None:
        self.queue.put(SMALL | {"number": number})

    def finish(self) -> None:
        """Nothing waits."""

    def count(self) -> int:
        return int(self.queue.size)

    def oldest(self) -> object:
        return None

    def take(self, n: int, owner: str) -> list[int]:
        import persistqueue

        try:
            self.item = self.queue.get(block=False)
        except persistqueue.Empty:
            return []
        return [self.item["number"]]

    def ack(self) -> None:
        self.queue.ack(self.item)


class Huey:
    """huey: the queue of its SQLite storage; it has no groups and no acknowledgement."""

    def __init__(self, level: str, folder: str) -> None:
        from huey.storage import SqliteStorage

        self.storage = SqliteStorage(filename=f"{folder}/huey.db", fsync=level != "process")

    def put(self, number: int) -> None:
        self.storage.enqueue(json.dumps(SMALL | {"number": number}).encode())

    def finish(self) -> None:
        """Nothing waits."""

    def count(self) -> int:
        return int(self.storage.queue_size())

    def oldest(self) -> object:
        return self.storage.enqueued_items(1)

    def take(self, n: int, owner: str) -> list[int]:
        data = self.storage.dequeue()
        return [json.loads(data)["number"]] if data else []

    def ack(self) -> None:
        """It was taken for good."""


def opened(queue: str, level: str, folder: str) -> Queue:
    """Open a queue by name."""
    others: dict[str, Any] = {"litequeue": Lite, "persist-queue": Persist, "huey": Huey}
    return others.get(queue, lambda *where: Dana(queue, *where))(level, folder)  # type: ignore[no-any-return] # one of four classes


def publishing(queue: str, level: str, count: int, folder: str) -> str:
    """Return events per second, and microseconds of CPU for each."""
    writer = opened(queue, level, folder)
    writer.put(0)
    writer.finish()
    started, cpu = time.perf_counter(), time.process_time()
    for number in range(count):
        writer.put(number)
    writer.finish()
    return f"{count / (time.perf_counter() - started)} {(time.process_time() - cpu) / count * 1e6}"


def backlog(queue: str, count: int, folder: str) -> str:
    """Fill a queue, then look at it in a new process: opening with the first count, the oldest, the median pop."""
    writer = opened("file" if queue == "file1" else queue, "process", folder)
    for number in range(count):
        writer.put(number)
        if queue == "file1":  # the worst case: every group held one event
            writer.finish()
    writer.finish()
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=look, args=("file" if queue == "file1" else queue, folder, answers))
    process.start()
    answer = answers.get()
    process.join()
    return json.dumps(answer)


def look(queue: str, folder: str, answers: multiprocessing.Queue[object]) -> None:
    """Measure one look at a backlog, in milliseconds."""
    opened(queue, "event", tempfile.mkdtemp(dir=folder)).count()  # loads the modules
    started = time.perf_counter()
    reader = opened(queue, "group" if queue in {"file", "sqlite"} or ":" in queue else "process", folder)
    first = reader.count()
    start = time.perf_counter() - started
    counts, oldest, pops = [], [], []
    for _ in range(9):
        now = time.perf_counter()
        reader.count()
        counts.append(time.perf_counter() - now)
        now = time.perf_counter()
        reader.oldest()
        oldest.append(time.perf_counter() - now)
    for _ in range(25):
        now = time.perf_counter()
        reader.take(1, "bench")
        pops.append(time.perf_counter() - now)
    times = (start, statistics.median(counts), oldest[0], statistics.median(oldest), statistics.median(pops))
    answers.put([first, *(seconds * 1000 for seconds in times)])


def consume(queue: str, folder: str, number: int, answers: multiprocessing.Queue[object]) -> None:
    """Take and acknowledge until there is nothing."""
    reader = opened(queue, "process", folder)
    mine: list[int] = []
    empty = 0
    while empty < 3:
        try:
            taken = reader.take(50, f"consumer {number}")
            if taken:
                reader.ack()
        except Exception as error:  # noqa: BLE001 - a peer that finds its database locked goes on
            sys.stderr.write(f"{queue}: {error!r}\n")
            continue
        mine += taken
        empty = 0 if taken else empty + 1
    answers.put(mine)


def sharing(queue: str, count: int, folder: str) -> str:
    """Let four processes empty a queue; return how many were acknowledged, how many different, the rate."""
    writer = opened(queue, "process", folder)
    for number in range(count):
        writer.put(number)
    writer.finish()
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    workers = [context.Process(target=consume, args=(queue, folder, number, answers)) for number in range(4)]
    started = time.perf_counter()
    for worker in workers:
        worker.start()
    acknowledged: list[int] = [one for _ in workers for one in answers.get()]
    seconds = time.perf_counter() - started
    for worker in workers:
        worker.join()
    return json.dumps([len(acknowledged), len(set(acknowledged)), count - len(set(acknowledged)), count / seconds])


if __name__ == "__main__":
    name, what, many, where = sys.argv[1:]
    os.makedirs(where, exist_ok=True)
    if what == "oldest":
        print(backlog(name, int(many), where))
    elif what == "share":
        print(sharing(name, int(many), where))
    else:
        print(publishing(name, what, int(many), where))
