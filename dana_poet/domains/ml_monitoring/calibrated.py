"""A drift detector that needs no limits: it learns from its own history how far apart windows of the same data are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.errors import PoetOptionError, PoetValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DETECTORS = ("vote", "ks", "psi", "shift")
FOLD = 7
"""Windows that are left out together: a week of days, so that no window is judged by its neighbours."""
LEAST = 2 * FOLD
"""Windows of history before anything is said."""
BINS = 10


def calibrated_drift(
    today: Sequence[float],
    history: Sequence[Sequence[float]],
    detector: str = "vote",
    limit: float = 2.0,
    memory: int = 28,
) -> dict[str, Any]:
    """Return whether `today` differs from the last `memory` windows of `history` more than these from each other.

    `score` is in standard deviations: how far the distance of today from the history is above the distances that the
    windows of the history have, each week judged by the others. `detector` is "ks" (largest gap of the distribution
    functions), "psi" (population stability), "shift" (of the mean) or "vote" (the second largest of the three). Fewer
    than 14 windows of history say nothing: the score is 0.

    PoetOptionError for another detector; PoetValidationError for a window without values.

    >>> history = [[float(day % 5 + hour) for hour in range(24)] for day in range(28)]
    >>> same, moved = history[3], [value + 20 for value in history[3]]
    >>> calibrated_drift(same, history)["drift_detected"], calibrated_drift(moved, history)["drift_detected"]
    (False, True)
    """
    if detector not in DETECTORS:
        raise PoetOptionError(f"there is no detector '{detector}'", hint=f"there are {', '.join(DETECTORS)}")
    recent = list(history)[-int(memory) :]
    if not today or not all(recent):
        raise PoetValidationError("a drift detector takes windows that have values")
    score = max(0.0, _score(today, recent, detector)) if len(recent) >= LEAST else 0.0
    return {"detector": detector, "score": score, "limit": limit, "drift_detected": score > limit}


def _score(today: Sequence[float], recent: list[Sequence[float]], detector: str) -> float:
    """Return the standard deviations for one detector; those of "vote" are the second largest of the three."""
    import numpy as np

    windows = [np.sort(np.asarray(window, float)) for window in recent]
    now = np.sort(np.asarray(today, float))
    asked = DISTANCES if detector == "vote" else {detector: DISTANCES[detector]}
    usual: dict[str, list[float]] = {name: [] for name in asked}
    for first in range(0, len(windows), FOLD):
        others = np.sort(np.concatenate([*windows[:first], *windows[first + FOLD :]]))
        for rows in _rows(windows[first : first + FOLD]):
            for name, distance in asked.items():
                usual[name] += distance(rows, others).tolist()
    everything = np.sort(np.concatenate(windows))
    scores = [_above(float(one(now[None], everything)[0]), usual[name]) for name, one in asked.items()]
    return sorted(scores)[-2:][0]


def _rows(windows: list[Array]) -> list[Array]:
    """Return windows as rows of one array, or one by one where their lengths differ."""
    import numpy as np

    alike = len({window.size for window in windows}) == 1
    return [np.stack(windows)] if alike else [window[None] for window in windows]


def _above(now: float, usual: list[float]) -> float:
    """Return how many standard deviations a distance is above the mean of usual ones."""
    import numpy as np

    return (now - float(np.mean(usual))) / max(float(np.std(usual)), 1e-9)


def ks(rows: Array, others: Array) -> Array:
    """Return for each row the largest gap between its distribution function and that of other values; all sorted."""
    import numpy as np

    steps = np.arange(rows.shape[1] + 1) / rows.shape[1]
    above = steps[1:] - np.searchsorted(others, rows, "right") / others.size
    below = np.searchsorted(others, rows, "left") / others.size - steps[:-1]
    found: Array = np.maximum(above, below).max(axis=1)
    return found


def psi(rows: Array, others: Array) -> Array:
    """Return for each row the population stability index over quantile bins of other values; half a value in each bin."""
    import numpy as np

    edges = np.unique(others[[others.size * k // BINS for k in range(1, BINS)]])
    bins = np.arange(edges.size + 1)
    q, p = (
        (np.searchsorted(edges, values, "right")[:, :, None] == bins).sum(axis=1) + 0.5
        for values in (rows, others[None])
    )
    q, p = q / q.sum(axis=1, keepdims=True), p / p.sum(axis=1, keepdims=True)
    found: Array = ((q - p) * np.log(q / p)).sum(axis=1)
    return found


def shift(rows: Array, others: Array) -> Array:
    """Return for each row how far its mean is from that of other values, in standard deviations of these."""
    import numpy as np

    found: Array = np.abs(rows.mean(axis=1) - others.mean()) / max(float(others.std()), 1e-9)
    return found


DISTANCES: dict[str, Callable[[Array, Array], Array]] = {"ks": ks, "psi": psi, "shift": shift}
