"""The part of feedback handlers that generated code calls: registrations by file and place in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.runtime.modules import Here


def bind_handler(here: Here, key: str, function: Callable[..., Any]) -> None:
    """Say which function a registered handler is, in this and later processes."""
    from dana_poet.runtime import events

    events.bind_handler(f"{here.name}::{key}", function)


def on_feedback(here: Here, execution_id: Any, key: str, names: dict[str, Any], owner: Any) -> None:
    """Register a handler for the feedback that an execution gets."""
    from dana_poet.runtime import events

    events.on_feedback(execution_id, f"{here.name}::{key}", names, owner)
