"""Learning by replay: calls that were recorded and judged are made again with other parameters, and by other versions."""

from __future__ import annotations

from dana_poet.stages.replay.learning import ReplayLearning, replays

__all__ = ["ReplayLearning", "replays"]
