"""The file `<name>_params.json` in a state folder: which parameters are served, and why. For people; nothing reads it back."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from dana_poet.runtime.state import StateFolder, make_private, replace_file

if TYPE_CHECKING:
    from collections.abc import Sequence

FACTS = ("start", "low", "high", "options", "unit", "scale", "integer")


def write(path: str, function: str, code_version: int | None, specs: Sequence[Any], sets: Sequence[Any]) -> None:
    """Replace the file by the newest of `sets` (parameter sets of the learning store). OSError when that fails."""
    if not sets:
        return
    newest = sets[0]
    parameters = {
        one.name: {
            "value": newest.values.get(one.name),
            **{fact: getattr(one, fact) for fact in FACTS if hasattr(one, fact)},
        }
        for one in specs
    }
    told = {
        "function": function, "code_version": code_version, "version": newest.version, "parameters": parameters,
        "confidence": dict(newest.confidence), "reason": newest.reason, "time": _iso(newest.time),
        "revert": f"dana-poet learn rollback {function}",
    }  # fmt: skip
    folder = os.path.dirname(path)
    make_private(folder)
    with StateFolder(folder).locked("params"):
        replace_file(path, json.dumps(told, indent=2, ensure_ascii=False, default=list).encode() + b"\n")


def _iso(when: Any) -> str:
    """Return a time, given in seconds since 1970 or as a datetime, as people read it."""
    from datetime import UTC, datetime

    return (when if isinstance(when, datetime) else datetime.fromtimestamp(float(when), UTC)).isoformat(
        timespec="seconds"
    )
