"""The cross-check of the spline model by an ensemble of trees: the one door to scikit-learn, which is an extra.

Source: Geurts, Ernst and Wehenkel, Extremely randomized trees (2006).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dana_learning.batch.records import NumberColumn, Records
from dana_learning.errors import LearningError

TREES, DEPTH, ROWS = 50, 10, 5_000


@dataclass(frozen=True, slots=True)
class TreeCheck:
    """What trees say: the share of quality they explain of executions they did not see, and of whom (summing to 1)."""

    explained: float
    importance: Mapping[str, float]


def tree_check(records: Records, seed: int = 0) -> TreeCheck:
    """Return what an ensemble of trees finds in the same executions.

    LearningError when scikit-learn is not installed. It takes about a hundred times as long as the spline model.
    """
    try:
        from sklearn.ensemble import ExtraTreesRegressor
    except ImportError as cause:
        hint = "install dana-poet[knowledge], or leave the cross-check out"
        raise LearningError("the cross-check needs scikit-learn", field="cross_check", hint=hint) from cause
    columns = [*records.parameters, *records.contexts]
    if not columns or float(records.quality.std()) < 1e-9:
        return TreeCheck(0.0, {})
    some = np.random.default_rng(seed).choice(len(records), min(len(records), ROWS), replace=False)
    cells = [one.unit if isinstance(one, NumberColumn) else one.codes.astype(float) for one in columns]
    rows, quality = np.column_stack(cells)[some], records.quality[some]
    forest = ExtraTreesRegressor(
        n_estimators=TREES,
        max_depth=DEPTH,
        min_samples_leaf=3,
        bootstrap=True,
        oob_score=True,
        random_state=seed,
        n_jobs=1,
    )
    forest.fit(rows, quality)
    names = [one.name for one in columns]
    shares = dict(zip(names, map(float, forest.feature_importances_), strict=True))
    return TreeCheck(min(1.0, max(0.0, float(forest.oob_score_))), shares)
