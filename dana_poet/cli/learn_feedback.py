"""What `dana-poet learn status` says of verdicts: how many each version got, how many were bad, and what was decided."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dana_poet.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_poet.orchestration import Aggregate

SHOWN = 5
"""How many of the last decisions are shown."""


def has_events(folder: str) -> bool:
    """Whether a state folder has events."""
    return os.path.isdir(os.path.join(folder, "events"))


def orchestrated(folder: str, report_after: float | None) -> tuple[dict[str, Any], str] | None:
    """Let what people said about executions be taken in, where there is anything of it; return it as data and as text.

    Feedback for executions that nobody knows is reported after so many seconds; None for what the settings say.
    """
    if not has_events(folder):
        return None
    from dana_poet.orchestration import LearningOrchestrator

    more = {} if report_after is None else {"report_after": report_after}
    with LearningOrchestrator.for_folder(folder, **more) as orchestrator:
        report = orchestrator.process()
    return report.to_json(), str(report)


def judged_in(folder: str) -> dict[str, Any] | None:
    """Return what the ledger of a state folder knows, as of the last `learn run`; None where there is none."""
    if not os.path.exists(os.path.join(folder, "events", "ledger.sqlite")):
        return None
    try:
        return _read(folder)
    except (StateError, OSError) as error:
        print(f"dana-poet learn: what people said cannot be shown: {error}", file=sys.stderr)
        return None


def _read(folder: str) -> dict[str, Any]:
    from dana_poet.events import session_store
    from dana_poet.orchestration import LearningOrchestrator

    with _readable(folder) as place, LearningOrchestrator(session_store(folder), folder=place) as learning:
        found = [one for several in learning.aggregates().values() for one in several]
        return {
            "versions": [_plain(one) for one in found],
            "decisions": [{**one.to_json(), "told": one.explain()} for one in learning.decisions()[-SHOWN:]],
        }


@contextmanager
def _readable(folder: str) -> Iterator[str]:
    """Give a folder with the ledger: a copy where nothing can be written, which looking at it needs."""
    if os.access(folder, os.W_OK):
        yield folder
        return
    with tempfile.TemporaryDirectory() as copy:
        os.mkdir(os.path.join(copy, "events"))
        for tail in ("", "-wal"):
            if os.path.exists(ledger := os.path.join(folder, "events", f"ledger.sqlite{tail}")):
                shutil.copyfile(ledger, os.path.join(copy, "events", f"ledger.sqlite{tail}"))
        yield copy


def _plain(one: Aggregate) -> dict[str, Any]:
    return {
        "function": one.function, "version": one.version, "executions": one.executions, "judged": one.judged,
        "wrong": one.refuted, "missed": one.missed, "failed": one.executions - one.succeeded,
    }  # fmt: skip


def lines_of(told: dict[str, Any]) -> list[str]:
    """Return the same for people, a line for each version and for each of the last decisions."""
    versions = [
        f"{_named(one)}: {one['executions']} executions, {one['judged']} judged, {one['wrong']} wrong, "
        f"{one['missed']} missed, {one['failed']} failed"
        for one in told["versions"]
    ]
    return [*versions, *(one["told"] for one in told["decisions"])]


def _named(one: dict[str, Any]) -> str:
    return str(one["function"]) if one["version"] is None else f"{one['function']} v{one['version']}"
