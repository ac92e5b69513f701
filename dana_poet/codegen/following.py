"""A process that may not generate because another does: it takes over what the other one stored, when that has ended."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import weakref

EVERY = 1.0
"""Seconds between two looks at whether the other process has ended."""
LONGEST = 1800.0
"""Seconds after which nobody looks any more: the next start will."""


class Follower(Protocol):
    """What looks again at what is stored."""

    def refresh(self) -> None:
        """Let what is stored now serve."""


def follow(of: weakref.ref[Follower], key: str, folder: str) -> None:
    """Let `of` look again when the process that generates for `key` is done; at once back."""
    threading.Thread(target=_followed, args=(of, key, folder), name=f"poet-follow-{key}", daemon=True).start()


def _followed(of: weakref.ref[Follower], key: str, folder: str) -> None:
    from dana_poet.codegen.llm_generator_background import claimed

    end = time.monotonic() + LONGEST
    free = False
    while not free and of() is not None and time.monotonic() < end:
        time.sleep(EVERY)
        with claimed(key, folder) as ours:
            free = ours
    follower = of()
    if follower is not None:
        follower.refresh()
