"""The store beside stock TinyDB: CPU time of an insert, a query, an open; bytes on disk.

Run `python tests/benchmarks/bench_learning_store.py [largest]`; the largest number of executions is 100,000 unless told.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
import uuid
from typing import TYPE_CHECKING, Any

from tinydb import TinyDB, where
from tinydb.middlewares import CachingMiddleware
from tinydb.storages import JSONStorage

from dana_learning import Attempt, ExecutionFeedback, TinyStore
from dana_learning.journal import open_database
from tests.benchmarks.measure import row, seconds

if TYPE_CHECKING:
    from collections.abc import Callable

FUNCTIONS = 100


def execution(number: int) -> ExecutionFeedback:
    """Return an execution with floats of full length and an id that never repeats."""
    third = 1 + number / 3
    return ExecutionFeedback(
        str(uuid.UUID(int=number * 0x1234567890ABCDEF1234567890)),
        f"function-{number % FUNCTIONS}",
        "url:str,limit:int",
        1 / third,
        {"seconds": third / 7, "cost": third / 11},
        attempts=(Attempt(third / 7, "", third),),
        timestamp=1.7e9 + third,
        values={"timeout": third, "retries": 3, "strategy": "careful"},
    )


def millis(value: float) -> str:
    """Return milliseconds as text."""
    return f"{value * 1e3:.4f}"


def each(function: Callable[[int], object], count: int, runs: int = 5) -> float:
    """Return the CPU seconds of one call: the smallest mean of several runs of `count` calls."""
    state = [0]

    def many() -> None:
        for _ in range(count):
            state[0] += 1
            function(state[0])

    best: float = seconds(many, runs)
    return best / count


def figures(store: TinyStore, size: int, path: str) -> list[float]:
    """Return the CPU seconds of an insert and of queries of a store that holds `size` executions."""
    left = iter([execution(number) for number in range(size, size + 5_000)])
    insert = each(lambda _: store.add_execution(next(left)), 1000)
    query = each(lambda number: store.executions(f"function-{number % FUNCTIONS}"), 200)
    newest = each(lambda number: list(store.executions(f"function-{number % FUNCTIONS}", limit=20)), 50)
    everything = each(lambda number: list(store.executions(f"function-{number % FUNCTIONS}")), 20)
    store.set_parameters("function-1", {"timeout": 5.0})
    served = each(lambda _: store.parameters("function-1"), 1000)
    store.close()
    opened = seconds(lambda: TinyStore(path).close(), 5)
    return [insert, query, newest, everything, served, opened]


def ours(path: str, sizes: list[int], durability: Any) -> None:
    """Measure the store of the product as it grows."""
    filled = 0
    for size in sizes:
        with TinyStore(path, durability="process") as store:
            for start in range(filled, size, 500):
                store.add_executions([execution(number) for number in range(start, min(start + 500, size))])
        found = figures(TinyStore(path, durability=durability), size, path)
        filled = size + 5_000
        disk = os.path.getsize(path) / (filled / 1000) / 1e6
        row(f"TinyStore {durability} {size:,}", *(millis(one) for one in found), f"{disk:.3f}")


def stock(name: str, make: Callable[[str], Any], path: str, size: int, inserts: int) -> None:
    """Measure a TinyDB with documents that say the same."""
    db = make(path)
    db.insert_multiple({**execution(number).to_dict(), "i": number} for number in range(size))
    insert = each(lambda number: db.insert({**execution(number).to_dict(), "i": number}), inserts, 2)
    wanted = where("function_name") == "function-1"

    def query() -> object:
        db.clear_cache()
        return db.search(wanted)

    asked = seconds(query, 3)
    db.close()
    opened = seconds(lambda: (again := make(path), len(again), again.close()), 3)
    disk = os.path.getsize(path) / (size / 1000) / 1e6
    row(f"{name} {size:,}", millis(insert), millis(asked), "-", millis(asked), "-", millis(opened), f"{disk:.3f}")


def durable(path: str) -> TinyDB:
    """Open our storage, every record durable at once."""
    return open_database(path, durability="always")


def cached(path: str) -> TinyDB:
    """Open stock TinyDB as its documentation advises for speed: what is not flushed is lost in a crash."""
    middleware: Any = CachingMiddleware
    return TinyDB(path, storage=middleware(JSONStorage))


def main() -> None:
    """Print the table."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    sizes = [size for size in (1_000, 10_000, 100_000, 1_000_000) if size <= largest]
    started = time.time()
    row("CPU ms", "insert", "by function", "newest 20", "all decoded", "parameters", "open", "MB/1,000")
    with tempfile.TemporaryDirectory() as folder:
        for durability in ("always", "group", "process"):
            ours(f"{folder}/{durability}.db", sizes if durability != "process" else sizes[:3], durability)
        for size in [size for size in sizes if size <= 100_000]:
            stock("our Storage and Table", durable, f"{folder}/t{size}", size, 200)
            stock("stock JSONStorage", TinyDB, f"{folder}/j{size}", size, 3)
            stock("stock CachingMiddleware", cached, f"{folder}/c{size}", size, 20)
    print(f"{FUNCTIONS} functions; {time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
