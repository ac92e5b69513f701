"""The part of feedback handlers that generated code calls: registrations by file and place in the file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.runtime.modules import Here


def _key(here: Here, key: str) -> str:
    """Return the name under which a block is found again; the folder may move, the file's name may not."""
    return f"{os.path.basename(here.file)}::{key}"


def bind_handler(here: Here, key: str, function: Callable[..., Any]) -> None:
    """Say which function a registered handler is, in this and later processes."""
    from dana_poet.runtime import events

    events.bind_handler(_key(here, key), function)


def on_feedback(here: Here, execution_id: Any, key: str, names: dict[str, Any], owner: Any) -> None:
    """Register a handler for the feedback that an execution gets."""
    from dana_poet.runtime import events

    events.on_feedback(execution_id, _key(here, key), names, owner)
