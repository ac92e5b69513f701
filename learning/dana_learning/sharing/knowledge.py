"""What one function has learned, as an aggregate that may be shared: expected quality at points that nobody ran.

Knowledge holds no input, no execution and no single quality: only the posterior mean and deviation of a model at points
that are drawn from the parameter space, the number of executions behind it, and where quality is best.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from dana_learning.errors import LearningError, ObservationError
from dana_learning.kinds import Choice, Parameter
from dana_learning.observation import finite, named
from dana_learning.online import serving
from dana_learning.online.gaussian import MEAN
from dana_learning.online.geometry import Geometry
from dana_learning.parameter import Space

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from dana_learning.online.tuner import Tuner

    Array = NDArray[np.float64]

MINIMUM = 5
"""Executions that an aggregate stands for at least."""
SPREAD, LOCAL = 96, 10
"""Points drawn from everywhere (per knowledge), and near the best on each local scale."""
FLOOR = 0.02
"""The least deviation that a mean is taken to have."""


class SharingRefused(LearningError):  # noqa: N818
    """Knowledge was not given or not taken: the owner did not opt in, or too few executions stand behind it."""


def flat(space: Space) -> Space:
    """Return a space whose parameters are the leaves of another: the same vectors, no structure."""
    leaves: list[Parameter | Choice] = []
    for leaf in space.leaves:
        match leaf.parameter:
            case Parameter() as one:
                more = {"unit": one.unit, "scale": one.scale, "integer": one.integer}
                leaves.append(Parameter(leaf.path, one.start, one.low, one.high, **more))  # type: ignore[arg-type]
            case choice:
                leaves.append(Choice(leaf.path, choice.start, choice.options))
    return Space(leaves)


@dataclass(frozen=True)
class Knowledge:
    """Expected quality (`means`, `deviations`) at `points` of a flat space, from `count` executions of a function.

    `lengths` says over which part of its range each leaf matters; `best` is the row that is served.

    >>> from dana_learning import Parameter, Tuner
    >>> tuner = Tuner([Parameter("x", 0.9, 0.0, 1.0)], seed=1)
    >>> for _ in range(15):
    ...     trial = tuner.suggest()
    ...     tuner.observe(trial.id, 1 - (trial.values["x"] - 0.3) ** 2)
    >>> knowledge = Knowledge.of("fetch", tuner)
    >>> bool(abs(knowledge.points[knowledge.means.argmax(), 0] - 0.3) < 0.15), knowledge.count
    (True, 15)
    """

    function: str
    space: Space
    points: Array
    means: Array
    deviations: Array
    lengths: Array
    best: Array
    count: int

    @classmethod
    def of(cls, function: str, tuner: Tuner, *, minimum: int = MINIMUM) -> Self:
        """Make it from what a tuner knows; SharingRefused below `minimum` executions."""
        tuner.decide()
        space, model = tuner.space, tuner.model()
        if len(model) < max(minimum, MINIMUM):
            hint = f"share after {max(minimum, MINIMUM)} executions"
            raise SharingRefused(f"{function!r} has {len(model)} executions", field="count", hint=hint)
        best = space.encode(tuner.served())
        points = Geometry(space).candidates(np.random.default_rng(0), best, SPREAD, LOCAL)
        points = np.vstack([best, points])
        prior = tuner.prior
        means, deviations = serving.mixture(
            model, model.placed(points),
            lambda rows: np.full(len(rows), MEAN) if prior is None else prior(rows[:, : space.width]),
        )  # fmt: skip
        lengths = np.exp(model.chances() @ model.theta[:, : len(space.leaves)])
        return cls(named("function", function), flat(space), points, means, deviations, lengths, best, len(model))

    @cached_property
    def _weights(self) -> tuple[float, Array]:
        """The level far away, and the weights of all points (kriging: deviations count as noise)."""
        noise = np.square(self.deviations) + FLOOR**2
        level = float(np.average(self.means, weights=1.0 / noise))
        covariance = _matern(self.space, self.points, self.points, self.lengths)
        covariance[np.diag_indices(len(self.points))] += noise / max(float(np.var(self.means)), 1e-4) * 0.25 + 1e-6
        weights: Array = np.linalg.solve(covariance, self.means - level).astype(np.float64)
        return level, weights

    def expected(self, rows: Array) -> Array:
        """Return the expected quality at rows of the same space, 0 to 1."""
        level, weights = self._weights
        result: Array = np.clip(level + _matern(self.space, rows, self.points, self.lengths) @ weights, 0.0, 1.0)
        return result

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        leaves = [asdict(leaf.parameter) for leaf in self.space.leaves]
        for one in leaves:
            one.pop("_", None)
            if "options" in one:
                one["options"] = list(one["options"])
        names = ("points", "means", "deviations", "lengths", "best")
        columns = {name: getattr(self, name).tolist() for name in names}
        return {"function": self.function, "space": leaves, "count": self.count, **columns}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Make it from plain data; ObservationError when it is none, or stands for too few executions."""
        try:
            space = Space(Choice(**one) if "options" in one else Parameter(**one) for one in data["space"])
            names = ("points", "means", "deviations", "lengths", "best")
            arrays = {name: np.array(data[name], dtype=float) for name in names}
            count = int(finite("count", data["count"], MINIMUM))
            found = cls(named("function", data["function"]), space, count=count, **arrays)
        except (KeyError, TypeError, ValueError) as cause:
            raise ObservationError(
                f"this is no knowledge ({cause})", field="data", expected="what to_dict() gave"
            ) from cause
        rows = len(found.means)
        shapes = [one.shape for one in arrays.values()]
        wanted = [(rows, space.width), (rows,), (rows,), (len(space.leaves),), (space.width,)]
        if shapes != wanted or not rows or not all(np.isfinite(one).all() for one in arrays.values()):
            raise ObservationError("this is no knowledge", field="data", expected="finite rows of one width")
        return found


def _matern(space: Space, rows: Array, others: Array, lengths: Array) -> Array:
    squares = Geometry(space).squares(rows, others)
    radius = np.sqrt(5.0 * np.tensordot(1.0 / np.square(lengths), squares, 1) + 1e-12)
    result: Array = (1.0 + radius + np.square(radius) / 3.0) * np.exp(-radius)
    return result
