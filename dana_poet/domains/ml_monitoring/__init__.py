"""The domain of watched models: what it asks of samples, drift that calibrates itself, and how a detector is rewritten.

`calibrated_drift` is a detector to begin with, `DOMAIN` what `@poet(domain="ml_monitoring")` means.
"""

from __future__ import annotations

from dana_poet.domains.ml_monitoring.calibrated import calibrated_drift
from dana_poet.domains.ml_monitoring.domain import (
    DOMAIN,
    detected,
    drift_score,
    enforce,
    prepare,
    recover,
    redact,
    samples,
)

__all__ = [
    "DOMAIN",
    "calibrated_drift",
    "detected",
    "drift_score",
    "enforce",
    "prepare",
    "recover",
    "redact",
    "samples",
]
