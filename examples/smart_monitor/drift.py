"""The detector that the monitor begins with: the domain's own, which needs no limits set by hand."""

from __future__ import annotations

from dana_poet.domains.ml_monitoring import calibrated_drift as detect

__all__ = ["detect"]
