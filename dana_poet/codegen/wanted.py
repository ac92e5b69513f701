"""A better version that another process asks for: an orchestrator that took in feedback, for a function it has not loaded."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

WANTED = "poet.regeneration.required"
"""The event by which an orchestrator asks for a better version of a function that its process has not loaded."""


def wanted(function: str, folder: str) -> list[str]:
    """Return why a better version of a function is asked for, as sentences; it is asked for once.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as nothing:
    ...     wanted("shop.price", nothing)
    []
    """
    if not os.path.isdir(os.path.join(folder, "events")):
        return []
    from dana_poet.events import session_store

    store = session_store(folder)
    asked = store.claim(100, owner=f"lifecycle-{os.getpid()}", types=[WANTED])
    ours = [one for one in asked if one.payload.get("function") == function]
    others = [one for one in asked if one not in ours]
    if others:
        store.release(others)
    if ours:
        store.ack(ours)
    return [reason for one in ours for reason in _reasons(one.payload)]


def _reasons(payload: Mapping[str, Any]) -> list[str]:
    patterns = payload.get("patterns") or {}
    lists = [patterns.get(name) or () for name in ("false_positive_reasons", "performance_issues")]
    return [str(one) for one in (payload.get("reason"), *lists[0], *lists[1]) if one]
