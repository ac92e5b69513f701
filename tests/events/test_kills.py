"""What a store has confirmed survives `kill -9` at any moment, and nothing half-written is seen afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import dana_poet

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.events.conftest import RedisServer

ROOT = Path(dana_poet.__file__).parents[1]


def _killed(url: str, kills: int, folder: Path) -> dict[str, int]:
    script = Path(__file__).with_name("killing.py")
    words = [sys.executable, str(script), url, str(kills), "1", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT, env=_environment())
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    answer: dict[str, int] = json.loads(done.stdout)
    return answer


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def _check(seen: dict[str, int]) -> None:
    confirmed = {seen.pop("published"), seen.pop("acknowledged")}
    assert confirmed != {0}
    assert set(seen.values()) == {0}, seen


def test_a_store_keeps_its_word_through_kills(new_url: Callable[[], str], tmp_path: Path) -> None:
    """What was published is there once, what was acknowledged never comes again, every other event can be claimed."""
    _check(_killed(new_url(), 20, tmp_path))


@pytest.mark.slow
def test_a_store_keeps_its_word_through_a_thousand_kills(new_url: Callable[[], str], tmp_path: Path) -> None:
    """The same in 1,000 random places."""
    _check(_killed(new_url(), 1000, tmp_path))


def test_a_killed_redis_server_has_what_it_confirmed(redis_server: RedisServer) -> None:
    """With `appendfsync always` a server that comes back has everything that `flush` or `ack` returned for."""
    from dana_poet.events import open_store

    with open_store(redis_server.url()) as store:
        events = store.publish_many([("t", {"n": n}) for n in range(50)])
        store.flush()
        claimed = store.claim(10, owner="x")
        store.ack(claimed)
        redis_server.kill()
        redis_server.start()
        assert store.query() == events
        assert store.pending() == 40
        assert [event.payload["n"] for event in store.claim(99, owner="y")] == list(range(10, 50))
