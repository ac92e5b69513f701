"""The hot path: one execution's feedback in, the parameters to use next out, in well under a tenth of a millisecond."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from dana_learning.errors import ObservationError, ParameterError, SpaceChanged, reading, whole
from dana_learning.kinds import Choice, Parameter, Structured
from dana_learning.online.features import Features
from dana_learning.online.geometry import Geometry
from dana_learning.online.guessed import guessed
from dana_learning.online.linear import Linear
from dana_learning.online.nan import mended, nan_in, refuse_nan
from dana_learning.parameter import Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dana_learning.observation import OnlineFeedback

    Array = NDArray[np.float64]
    Given = Space | Parameter | Choice | Structured | Iterable[Parameter | Choice | Structured]
    Spaces = Given | Mapping[str, Space]

SPREAD, LOCAL, VISITED = 128, 8, 3
"""Candidates over the whole space (fixed), around the best (fresh each time), and the last that were visited."""
LOCAL_SCALES = np.repeat([0.15, 0.04], LOCAL // 2)[:, None]
STABLE = 10
"""Executions over which the best may not have moved before learning counts as converged."""
TOLERANCE = 0.02
"""Quality that is not worth looking for."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """How learning of one function goes.

    `average` is the exponentially weighted quality, `rate` how much the last outcome counted against all before it,
    `interval` holds the quality of the best known values with 95%.
    """

    executions: int
    average: float
    rate: float
    noise: float
    best: Mapping[str, Any]
    interval: tuple[float, float]
    chance_of_change: float
    converged: bool


class _Function:
    """What is learned of one function."""

    __slots__ = ("asked", "asked_features", "asked_row", "average", "best", "executions", "features", "geometry", "grid",
                 "grid_features", "last", "model", "moved", "rate", "rng", "rows", "space")  # fmt: skip

    def __init__(self, space: Space, decay: float, rate: float, seed: int) -> None:
        self.space = space
        self.geometry = Geometry(space)
        self.features = Features(space, seed)
        self.model = Linear(self.features.width, decay, seed + 1)
        fixed = np.random.default_rng(seed + 2)
        options = self.geometry.all_options()
        self.grid = self.geometry.candidates(fixed, None, SPREAD, 0) if options is None else options
        self.grid_features = self.features.of(self.grid)
        self.rng = np.random.default_rng(seed + 3)
        self.best = space.encode(space.defaults())
        self.rows = np.tile(self.best, (LOCAL + 1 + VISITED, 1))
        self.asked: dict[str, Any] | None = None
        self.asked_row, self.asked_features = self.best, self.grid_features[0]
        self.executions = 0
        self.average = 0.5
        self.rate = rate
        self.moved = 0
        self.last = 1.0

    def learn(self, values: Mapping[str, Any], quality: float) -> None:
        """Take one outcome: the model, and the moving average with a rate that falls as outcomes get predictable."""
        if values == self.asked:
            row, features = self.asked_row, self.asked_features
        else:
            if nan_in(values):
                values = mended(values, self.served())
            row = self.space.encode(values)
            features = self.features.of(row)
        self.model.update(features, quality)
        self.rows[LOCAL + 1 + self.executions % VISITED] = row
        self.executions += 1
        self.last = max(self.rate, self.model.gain if self.executions > 1 else 1.0)
        self.average += self.last * (quality - self.average)

    def next_values(self) -> dict[str, Any]:
        """Return the values to try next: the best of one draw of what is believed."""
        weights = np.array([self.model.drawn(), self.model.expected()]).T
        fixed = self.grid_features @ weights
        far, best = fixed.argmax(axis=0).tolist()
        if not self.geometry.numbers:
            self._move(self.grid[best])
            self.asked_row, self.asked_features = self.grid[far], self.grid_features[far]
        else:
            near = self._around()
            near_features = self.features.of(near)
            close = near_features @ weights
            here, there = close.argmax(axis=0).tolist()
            self._move(near[there] if close[there, 1] >= fixed[best, 1] else self.grid[best])
            if close[here, 0] >= fixed[far, 0]:
                self.asked_row, self.asked_features = near[here], near_features[here]
            else:
                self.asked_row, self.asked_features = self.grid[far], self.grid_features[far]
        self.asked = self.space.decode(self.asked_row.tolist())
        return self.asked

    def _move(self, best: Array) -> None:
        """Remember the best known row, and for how long it has been about the same."""
        apart = best - self.best
        self.moved = self.moved + 1 if float(apart @ apart) < 0.01 else 0
        self.best = best

    def _around(self) -> Array:
        """Return rows near the best, itself, and the last that were visited."""
        rows = self.rows
        moves = rows[:LOCAL]
        self.rng.standard_normal(out=moves)
        moves *= LOCAL_SCALES
        moves += self.best
        np.minimum(moves, 1.0, out=moves)
        np.maximum(moves, 0.0, out=moves)
        for _, first, last in self.geometry.choices:
            moves[:, first:last] = self.best[first:last]
        if self.geometry.integers:
            self.geometry.rounded(moves)
        rows[LOCAL] = self.best
        return rows.copy()

    def served(self) -> dict[str, Any]:
        """Return the values with the highest expected quality."""
        return self.space.decode(self.best.tolist())

    def visited(self) -> list[tuple[dict[str, Any], float]]:
        """Return the last values that were used, oldest first, and the quality that is expected of each now."""
        first = max(0, self.executions - VISITED)
        rows = [self.rows[LOCAL + 1 + number % VISITED] for number in range(first, self.executions)]
        return [(self.space.decode(row.tolist()), self.model.mean(self.features.of(row))) for row in rows]

    def possible_gain(self) -> float:
        """Return by how much the best values may still be beaten: the mean over the ensemble."""
        memory = int(self.model.chance_of_change() > 0.5)
        weights = self.model.means[memory] + self.model.sigma(memory) * self.model.deviations[memory]
        rows = np.concatenate([self.best[None], self.grid])
        values = self.features.of(rows) @ weights.T
        return float((values.max(axis=0) - values[0]).mean())

    def interval(self, level_deviate: float) -> tuple[float, float]:
        """Return the interval of the quality of the best values."""
        features = self.features.of(self.best)
        mean, deviation = self.model.mean(features), self.model.deviation(features)
        return max(0.0, mean - level_deviate * deviation), min(1.0, mean + level_deviate * deviation)

    def state(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "space": self.space.signature(), "model": self.model.state(), "rng": self.rng.bit_generator.state,
            "best": self.best.tolist(), "visited": self.rows[LOCAL + 1 :].tolist(), "asked": self.asked_row.tolist(), "executions": self.executions,
            "average": self.average, "moved": self.moved, "last": self.last, "features": self.asked_features.tolist(),
        }  # fmt: skip

    def load(self, state: Mapping[str, Any]) -> None:
        """Continue from a state of the same space."""
        self.model.load(state["model"])
        self.rng.bit_generator.state = state["rng"]
        self.best = np.array(state["best"], dtype=float)
        self.executions, self.moved = int(state["executions"]), int(state["moved"])
        self.rows[LOCAL + 1 :] = state["visited"]
        self.asked_row = np.array(state["asked"], dtype=float)
        if self.executions:
            # The features of one row alone may differ in the last bit from those it had among others.
            self.asked_features = np.array(state["features"], dtype=float)
            self.asked = self.space.decode(self.asked_row.tolist())
        self.average, self.last = float(state["average"]), float(state["last"])


class OnlineLearner:
    """Learns parameters of functions from one execution after the other.

    `update_parameters` takes the feedback of an execution and the parameters as they are, and returns those to use in
    the next one: now and then others than the best known, for what is never tried is never learned. With a `space` its
    bounds hold; without one they are guessed from the first values (see `guessed`). The space (or its parameters) may
    also stand first, without its name. `learning_rate` is the least weight of a new outcome in the moving average;
    `decay_factor` how much of what is known survives an execution for the model that forgets.

    A value that is NaN counts as the one that is served, and another one is returned for it.

    >>> from dana_learning import OnlineFeedback, Parameter, Space
    >>> learner = OnlineLearner(space=Space([Parameter("level", 0.9, 0.0, 1.0)]))
    >>> values = {"level": 0.9}
    >>> for n in range(40):
    ...     told = OnlineFeedback(f"run-{n}", "mix", "", 1 - (values["level"] - 0.3) ** 2)
    ...     values = learner.update_parameters(told, values)
    >>> abs(learner.best_parameters("mix")["level"] - 0.3) < 0.1
    True
    """

    def __init__(
        self, learning_rate: float | Given = 0.05, decay_factor: float = 0.985, *,
        space: Spaces | None = None, seed: int = 0,
    ) -> None:  # fmt: skip
        if isinstance(learning_rate, Space | Parameter | Choice | Structured | Iterable) and space is None:
            space, learning_rate = learning_rate, 0.05
        for name, given, low in (("learning_rate", learning_rate, 0.0), ("decay_factor", decay_factor, 0.5)):
            if not isinstance(given, int | float) or isinstance(given, bool) or not low <= given <= 1:
                raise ParameterError(f"{name} is {given!r}", field=name, expected=f"a number from {low} to 1")
        assert isinstance(learning_rate, int | float)
        self.learning_rate: float = learning_rate
        self.decay_factor = decay_factor
        self.space = _spaces(space)
        self.seed = seed
        self._functions: dict[str, _Function] = {}

    def update_parameters(self, feedback: OnlineFeedback, current_params: Mapping[str, Any]) -> dict[str, Any]:
        """Learn from an execution and return the parameters for the next one, as a new dict.

        The execution used `feedback.values`, or `current_params` where it says nothing. Names that are not learned
        keep their current values. ValuesError, and nothing learned, when one is NaN that nobody described and that
        never had another value.
        """
        function = self._functions.get(feedback.function_name)
        if function is None:
            function = self._begun(feedback.function_name, current_params)
            if function is None:
                return dict(current_params)
        elif len(current_params) > len(function.space.names) and self._described(feedback.function_name) is None:
            refuse_nan({name: one for name, one in current_params.items() if name not in function.space.names})
        used = feedback.values or current_params
        function.learn(used, feedback.output_quality)
        return _merged(current_params, function.next_values())

    def _described(self, name: str) -> Space | None:
        return self.space.get(name) if isinstance(self.space, Mapping) else self.space

    def _begun(self, name: str, values: Mapping[str, Any]) -> _Function | None:
        space = self._described(name)
        if space is None:
            refuse_nan(values)
            space = guessed(values)
        made = None if space is None else _Function(space, self.decay_factor, self.learning_rate, self.seed)
        if made is not None:
            self._functions[name] = made
        return made

    def _known(self, function_name: str) -> _Function:
        found = self._functions.get(function_name)
        if found is None:
            message = f"nothing was learned of {function_name!r}"
            raise ObservationError(message, field="function_name", expected=f"one of {sorted(self._functions)}")
        return found

    def best_parameters(self, function_name: str) -> dict[str, Any]:
        """Return the values with the highest expected quality."""
        return self._known(function_name).served()

    @property
    def parameter_histories(self) -> dict[str, list[dict[str, Any]]]:
        """The last three values of each parameter by "function:parameter", oldest first.

        Each is a dict of its `value` and the `performance` that is expected of these values now: the model takes every
        outcome in, and keeps none.
        """
        found: dict[str, list[dict[str, Any]]] = {}
        for function, one in self._functions.items():
            for values, quality in one.visited():
                for name, value in values.items():
                    found.setdefault(f"{function}:{name}", []).append({"value": value, "performance": quality})
        return found

    @property
    def confidence_scores(self) -> dict[str, float]:
        """How sure the quality of the best values is, by function: 1 less the width of its 95% interval."""
        widths = {name: one.interval(1.96) for name, one in self._functions.items()}
        return {name: 1.0 - max(0.0, high - low) for name, (low, high) in widths.items()}

    def confidence_interval(self, function_name: str, values: Mapping[str, Any] | None = None) -> tuple[float, float]:
        """Return the interval that holds the expected quality of values (the best known when None) with 95%."""
        function = self._known(function_name)
        if values is None:
            return function.interval(1.96)
        features = function.features.of(function.space.encode(values))
        mean, deviation = function.model.mean(features), function.model.deviation(features)
        return max(0.0, mean - 1.96 * deviation), min(1.0, mean + 1.96 * deviation)

    def statistics(self, function_name: str) -> Statistics:
        """Return how learning goes; `converged` when the best stays and no more than 0.02 can be gained elsewhere."""
        function = self._known(function_name)
        model = function.model
        change = model.chance_of_change()
        return Statistics(
            executions=function.executions, average=function.average, rate=function.last,
            noise=model.sigma(int(change > 0.5)), best=self.best_parameters(function_name),
            interval=function.interval(1.96), chance_of_change=change,
            converged=function.moved >= STABLE and function.possible_gain() < TOLERANCE,
        )  # fmt: skip

    def state(self) -> dict[str, Any]:
        """Return plain JSON-able data; `from_state` continues with bit-identical parameters."""
        kept = {name: one.state() for name, one in self._functions.items()}
        return {
            "version": 1, "learning_rate": self.learning_rate, "decay_factor": self.decay_factor, "seed": self.seed,
            "functions": kept,
        }  # fmt: skip

    @classmethod
    @reading("an OnlineLearner")
    def from_state(cls, state: Mapping[str, Any], space: Spaces | None = None) -> Self:
        """Continue from a state, for the same spaces. SpaceChanged names what they say differently.

        Guessed spaces are those of the state.
        """
        whole(state)
        learner = cls(state["learning_rate"], state["decay_factor"], space=space, seed=int(state["seed"]))
        for name, kept in state["functions"].items():
            known = learner._described(name) or _of_signature(kept["space"])
            if differences := known.differences(kept["space"]):
                raise SpaceChanged(
                    f"what was learned of {name!r} is for another space", field="space", expected="; ".join(differences),
                    hint="start a new learner",
                )  # fmt: skip
            function = _Function(known, learner.decay_factor, learner.learning_rate, learner.seed)
            function.load(kept)
            learner._functions[name] = function
        return learner


def _merged(current: Mapping[str, Any], fresh: Mapping[str, Any]) -> dict[str, Any]:
    """Return current values with fresh ones in their place; of dicts only the parts that are learned."""
    found = dict(current)
    for name, value in fresh.items():
        if name in found:
            inner = found[name]
            found[name] = _merged(inner, value) if isinstance(value, dict) and isinstance(inner, Mapping) else value
    return found


def _spaces(given: Spaces | None) -> Space | Mapping[str, Space] | None:
    """Return a space, those of functions by name as they are, or the space of parameters."""
    if given is None or isinstance(given, Space):
        return given
    if isinstance(given, Mapping) and all(isinstance(one, Space) for one in given.values()):
        return given
    return Space(given)  # type: ignore[arg-type]  # one alone, several, or a dict by name: the space says what is none


def _of_signature(signature: str) -> Space:
    """Return the space that a signature describes; starts are in the middle."""
    import json

    def made(name: str, kind: Mapping[str, Any]) -> Parameter | Choice | Structured:
        if kind["kind"] == "choice":
            return Choice(name, kind["options"][0], tuple(kind["options"]))
        if kind["kind"] == "structured":
            return Structured(name, tuple(made(part, inner) for part, inner in kind["parts"].items()))
        low, high = kind["low"], kind["high"]
        middle = math.sqrt(low * high) if kind["scale"] == "log" else (low + high) / 2
        start = min(max(round(middle), low), high) if kind["kind"] == "integer" else middle
        return Parameter(name, start, low, high, scale=kind["scale"], integer=kind["kind"] == "integer")

    return Space([made(name, kind) for name, kind in json.loads(signature).items()])
