"""Ask a hostile child to do one thing and say what came of it. As a program: do so as whoever runs it."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from dana_sandbox import SandboxPolicy
from dana_sandbox.pool import Pool, Settings, WorkerDied

PATIENCE = 60.0
"""Seconds that a test waits for what must come; a busy machine is slow."""


def hostile_settings(off: frozenset[str] = frozenset(), **more: Any) -> Settings:
    """Return settings whose children run `hostile_child`, with the layers `off` switched off."""
    return Settings(serve="hostile_child:serve", paths=(str(Path(__file__).parent),), off=off, **more)


def attempt(pool: Pool, *what: Any, policy: SandboxPolicy | None = None) -> Any:
    """Return what a fresh child answered, or the words for how it ended."""
    worker = pool.lease(policy or SandboxPolicy())
    try:
        worker.send(json.dumps(what).encode())
        return json.loads(worker.receive(time.monotonic() + PATIENCE, 1 << 20))
    except WorkerDied as died:
        return died.how
    finally:
        worker.end()


def main() -> None:
    """Read attempts as JSON from the command line; write what came of each, and what held the child."""
    pool = Pool(hostile_settings())
    worker = pool.lease(SandboxPolicy())
    worker.end()
    answers = [attempt(pool, *what) for what in json.loads(sys.argv[1])]
    print(json.dumps({"layers": worker.layers, "answers": answers}))  # noqa: T201
    pool.shutdown()


if __name__ == "__main__":
    main()
