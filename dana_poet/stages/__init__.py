"""`@poet`: a plain function becomes one that checks its inputs, retries what is transient and keeps a deadline."""

from __future__ import annotations

from dana_poet.stages.decorator import apply_poet, poet

__all__ = ["apply_poet", "poet"]
