"""The domain of watched models: samples large enough to say something, thresholds that learn, results that agree."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from dana_poet.domains import base
from dana_poet.domains.domain import Call, Domain, Learnable
from dana_poet.domains.drift import THRESHOLDS, thinned
from dana_poet.domains.ml_monitoring.calibrated import DETECTORS
from dana_poet.domains.ml_monitoring.rewriting import LIMIT, injected, rewritings
from dana_poet.domains.option import OptionSpec
from dana_poet.domains.replay import Replay
from dana_poet.domains.results import entry, number
from dana_poet.domains.template import template
from dana_poet.errors import PoetValidationError, warn
from dana_poet.runtime.feedback import verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

SAMPLES = (
    "reference", "reference_data", "reference_sample", "baseline", "baseline_data", "current", "current_data",
    "current_sample", "production_data", "live_data",
)  # fmt: skip
"""Parameters that are samples."""
FEWEST, FEW = 2, 30
"""Values below which a sample is refused, and below which a warning says that it is small, where nobody set min_samples."""
LARGE = 10_000
"""Elements from which a sample is thinned to a tenth after a time-out."""
SCORES = ("drift_score", "score", "statistic", "psi", "kl", "kl_divergence")


def prepare(call: Call) -> Mapping[str, Any]:
    """Return thinned and cleaned samples where asked; PoetValidationError for those that can say nothing."""
    changed = {}
    for name in SAMPLES:
        given = call.arguments.get(name)
        if isinstance(given, (list, tuple)):
            sample = _checked(name, given, call)
            if sample is not given:
                changed[name] = sample
    return changed


def _checked(name: str, sample: Any, call: Call) -> Any:
    bad = sum(map(_missing, sample))
    if bad and call.options.get("missing", "refuse") == "drop":
        sample = [one for one in sample if not _missing(one)]
    elif bad:
        raise PoetValidationError(
            f"{call.function}: parameter '{name}' takes values that are there and finite, got {bad} of {len(sample)} that are not",
            hint='missing="drop" leaves them out',
        )
    wanted = call.options.get("min_samples")
    least = FEWEST if wanted is None else int(wanted)
    if len(sample) < least:
        raise PoetValidationError(
            f"{call.function}: parameter '{name}' takes at least {least} values, got {len(sample)}",
            hint="collect more, or set min_samples",
        )
    if wanted is None and len(sample) < FEW:
        warn(f"{call.function}: fewer than {FEW} values say little about drift; min_samples says how few are enough")
    most = call.options.get("max_samples")
    return sample if most is None or len(sample) <= most else thinned(sample, int(most))


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def recover(error: BaseException, call: Call) -> Mapping[str, Any] | None:
    """Return an even tenth of large samples after a time-out, or None.

    >>> changed = recover(TimeoutError(), Call("watch", {"reference": [1.0] * 20_000, "current": [1.0] * 50}))
    >>> {name: len(sample) for name, sample in changed.items()}
    {'reference': 2000}
    """
    if not isinstance(error, TimeoutError):
        return None
    given = {name: call.arguments[name] for name in SAMPLES if isinstance(call.arguments.get(name), (list, tuple))}
    large = {name: thinned(sample, len(sample) // 10) for name, sample in given.items() if len(sample) >= LARGE}
    return large or None


def enforce(result: Any, call: Call) -> Any:
    """Return the result. PoetValidationError for an impossible p-value or score, or a verdict against its own p-value."""
    p = entry(result, "p_value", "pvalue") if not isinstance(result, (str, int, float)) else None
    if p is not None and (number(p) is None or not 0 <= p <= 1):
        raise PoetValidationError(f"the result of {call.function} has the p-value {p!r}, which is not from 0 to 1")
    for name in SCORES:
        score = entry(result, name) if isinstance(result, dict) else None
        if isinstance(score, (int, float)) and (number(score) is None or score < 0):
            raise PoetValidationError(f"the result of {call.function} has {name} {score!r}, which is no distance")
    limit = entry(result, "threshold") if isinstance(result, dict) else None
    if p is not None and number(limit) is not None and entry(result, "drift_detected") is True and p > limit:
        raise PoetValidationError(
            f"the result of {call.function} detects a drift with p-value {p:g} above its threshold {limit:g}"
        )
    return result


def detected(result: Any, _call: Call) -> float | None:
    """Return 1 when a result says that there is a drift, 0 when it says there is none."""
    said = result if isinstance(result, bool) else entry(result, "drift_detected", "drift", "detected")
    return float(said) if isinstance(said, bool) else None


def drift_score(result: Any, _call: Call) -> float | None:
    """Return the score of a result."""
    return number(result) if not isinstance(result, (dict, bool)) else number(entry(result, *SCORES))


def samples(_result: Any, call: Call) -> float | None:
    """Return the size of the smallest sample of a call."""
    sizes = [len(call.arguments[name]) for name in SAMPLES if isinstance(call.arguments.get(name), (list, tuple))]
    return float(min(sizes)) if sizes else None


def alarm(result: Any) -> bool | None:
    """Return whether a result says that there is a drift, None where it does not say."""
    said = detected(result, Call(""))
    return None if said is None else bool(said)


def score(result: Any) -> float | None:
    """Return the score of a result that has one."""
    return drift_score(result, Call("")) if isinstance(result, dict) else None


def truth(event: Any, raised: bool) -> bool | None:
    """Return whether feedback says that there was a drift: as `was_real_drift`, or as a verdict on the result."""
    payload = getattr(event, "payload", None)
    said = payload.get("was_real_drift") if isinstance(payload, dict) else None
    if isinstance(said, bool):
        return said
    accepted = verdict(event)
    return None if accepted is None else raised == accepted


def redact(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return sizes instead of samples, and the rest as it is."""
    return {name: len(value) if isinstance(value, (list, tuple)) else value for name, value in arguments.items()}


DOMAIN = Domain(
    name="ml_monitoring",
    summary="samples large enough to say something, thresholds and windows that learn, grouped alerts",
    template=template("ml_monitoring"),
    options={
        "min_samples": OptionSpec("least values on either side; below 30 a warning where not set", "whole number", low=2),
        "max_samples": OptionSpec("most values; larger samples are thinned evenly", "whole number", low=2),
        "missing": OptionSpec("what becomes of missing values", "text", "refuse", choices=("refuse", "drop")),
        "importance": OptionSpec("weights of features, by name", "mapping"),
        "capability": OptionSpec("what a method of a monitor does, for people and prompts", "text"),
        "template": OptionSpec("part of the template that a function follows, for people and prompts", "text"),
    },
    defaults={"retries": 2},
    grants=frozenset({"recover"}),
    imports=frozenset({"math", "statistics", "bisect", "collections"}),
    prepare=prepare,
    enforce=enforce,
    transient=base.transient,
    recover=recover,
    redact=redact,
    metrics={**base.METRICS, "drift_detected": detected, "drift_score": drift_score, "samples": samples},
    replay=Replay(alarm=alarm, score=score, truth=truth, limit=LIMIT, injected=injected, rewritings=rewritings),
    objectives={
        "false_positive_rate": {"target": 0.1, "minimize": True}, "missed_drift_rate": {"target": 0.1, "minimize": True},
        "detection_delay": {"minimize": True},
    },
    parameters=(
        Learnable("test", "auto", choices=("auto", "ks", "psi", "kl"), summary="test for drift"),
        Learnable("threshold", THRESHOLDS["ks"], 0.001, 0.2, summary="p-value below which a sample has drifted (ks)"),
        Learnable("psi_threshold", THRESHOLDS["psi"], 0.05, 0.5, summary="index above which a sample has drifted (psi)"),
        Learnable("kl_threshold", THRESHOLDS["kl"], 0.01, 1.0, unit="nat", summary="divergence of a drifted sample (kl)"),
        Learnable("detector", "vote", choices=DETECTORS, summary="detector that calibrates itself"),
        Learnable("limit", 2.0, 0.5, 20.0, summary="standard deviations above usual from which a window has drifted"),
        Learnable("memory", 28.0, 14.0, 112.0, unit="windows", summary="windows of history that are looked at"),
        Learnable("window", 1000.0, 100.0, 45_000.0, unit="points", summary="points that are looked at"),
        Learnable("group_within", 3600.0, 60.0, 86_400.0, unit="s", summary="alerts this close are one"),
    ),
)  # fmt: skip
