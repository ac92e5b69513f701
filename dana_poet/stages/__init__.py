"""`@poet`: a plain function becomes one that checks its inputs, retries what is transient and keeps a deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.stages.decorator import apply_poet, poet

if TYPE_CHECKING:
    from dana_poet.stages.typed import PoetFunction

__all__ = ["PoetFunction", "apply_poet", "poet"]


def __getattr__(name: str) -> Any:
    if name != "PoetFunction":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from dana_poet.stages.typed import PoetFunction

    return PoetFunction
