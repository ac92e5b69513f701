"""A tuner that learns how to learn: it weighs ways to choose what to try by what they were worth on such problems."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from dana_learning.adaptive_strategies import GRID, IMPROVEMENT, KNOWLEDGE, STRATEGIES, THOMPSON, neighbours
from dana_learning.batch.chance import chances_of_best, interval_deviate
from dana_learning.errors import ParameterError, reading
from dana_learning.experience import Experience, problem_class
from dana_learning.observation import finite
from dana_learning.online import serving
from dana_learning.online.guessed import guessed
from dana_learning.online.settings import TunerSettings
from dana_learning.online.surrogate import Surrogate
from dana_learning.online.tuner import Tuner, whole_seed
from dana_learning.parameter import Space

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dana_learning.kinds import Choice, Parameter, Structured
    from dana_learning.observation import Attempt

    Array = NDArray[np.float64]
    Expected = Callable[[Array], Array]

START = "start"
PRIORS = {KNOWLEDGE: 0.03, THOMPSON: 0.0, IMPROVEMENT: 0.06, GRID: -0.04}
"""What an execution of each strategy is taken to be worth before anything is known, in quality."""
AHEAD = 5.0
"""Executions for which a better best row counts when a trial is valued."""
WARM = 4
"""Executions before strategies are credited: until then all know too little."""
TOLERANCE = 0.02
LATER = frozenset("space _mind _served _served_in _changes _told _pending _asked _step _held".split())
"""What a tuner has only since it has a space."""


@dataclass(frozen=True, slots=True)
class LearningStrategy:
    """Which way of choosing is most probably the best for a function, and why. `evidence` counts executions."""

    name: str
    problem: str
    probabilities: Mapping[str, float]
    evidence: int

    def __str__(self) -> str:
        chance = self.probabilities[self.name]
        return f"{self.name}: best with probability {chance:.2f} for {self.problem}, from {self.evidence} executions"


@dataclass(frozen=True, slots=True)
class FunctionContext:
    """What decides how a function is learned best: its parameters, and how much its quality varies (a deviation).

    >>> from dana_learning import Parameter, Space
    >>> FunctionContext(Space([Parameter("level", 0.9, 0.0, 1.0)]), noise=0.1).problem()
    '1 numbers, 0 choices, noisy'
    """

    space: Space
    noise: float = 0.1

    def problem(self) -> str:
        """Return the class of its problem."""
        return problem_class(self.space, finite("noise", self.noise, 0.0))


@dataclass(frozen=True, slots=True)
class Prediction:
    """What executions with the served values are expected to give: `low` to `high` holds a share `level` of them.

    `possible_gain` is how much better the best values may still be, `converged` whether that is too little to look for.
    """

    quality: float
    low: float
    high: float
    level: float
    possible_gain: float
    converged: bool
    evidence: int


class AdaptiveLearner(Tuner):
    """A tuner whose way of choosing what to try is learned, for this function and for all of its class.

    Give the same `experience` to many learners, and keep its `state`, so that a new function starts with the strategy
    that was worth most on problems like it.

    Without a space bounds are guessed from the first values that are observed (see `guessed`), and values of other names
    are left out from then on; what asks for values before that is a ParameterError.

    >>> from dana_learning import Parameter
    >>> learner = AdaptiveLearner([Parameter("level", 0.9, 0.0, 1.0)], seed=1)
    >>> for _ in range(25):
    ...     trial = learner.suggest()
    ...     learner.observe(trial.id, 1 - (trial.values["level"] - 0.3) ** 2)
    >>> abs(learner.decide()["level"] - 0.3) < 0.1, learner.predict_performance().quality > 0.95
    (True, True)
    """

    def __init__(
        self, space: Space | Iterable[Parameter | Choice | Structured] | None = None, *, seed: int = 0,
        settings: TunerSettings | None = None, prior: Expected | None = None, experience: Experience | None = None,
    ) -> None:  # fmt: skip
        self._guessed = space is None
        if space is None:
            self.seed, self.settings, self.prior = whole_seed(seed), settings or TunerSettings(), prior
        else:
            super().__init__(space, seed=seed, settings=settings, prior=prior)
        self.experience = Experience() if experience is None else experience
        self._rng = np.random.default_rng([self.seed, 1])
        self._sources: dict[str, str] = {}
        self._owed: list[tuple[str, float, Array]] = []

    _mind: Surrogate

    if not TYPE_CHECKING:  # a type checker takes the attributes as they are once there is a space

        def __getattr__(self, name: str) -> Any:
            """Say what to give when something is asked that needs a space before there is one."""
            if name not in LATER:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
            hint = "write AdaptiveLearner([Parameter('timeout', 5, 1, 30)]), or observe values first: bounds are guessed then"
            raise ParameterError("nothing says what may be learned", field="space", expected="a space", hint=hint)

    def _fitting(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what of values is learned, inside the guessed bounds; the first ones make the space."""
        if "space" not in vars(self):
            space = guessed(values)
            if space is None:
                message, wanted = (
                    f"nothing in {dict(values)!r} can be learned",
                    "a finite number or a boolean among them",
                )
                raise ParameterError(message, field="space", expected=wanted, hint="or give a space")
            super().__init__(space, seed=self.seed, settings=self.settings, prior=self.prior)
        found = {name: values[name] for name in self.space.names if name in values}
        return self.space.clip(found)[0] if len(found) == len(self.space.names) else found

    def _made_mind(self) -> Surrogate:
        return Surrogate(self.space, self.seed, self.settings, self.prior)

    def _tried(self, name: str, context: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        """Return values that a strategy chose, which is drawn by its worth."""
        mind, strategy = self._mind, self._drawn()
        mind.meet(context)
        best = mind.best_row(context) if context else mind.best
        row = STRATEGIES[strategy](mind.model, best, mind.expected, context)
        self._sources[name] = strategy
        return self.space.decode(row), f"{strategy}: {mind.reason(row, context)}"

    def _forget(self, name: str) -> None:
        super()._forget(name)
        self._sources.pop(name, None)

    def _drawn(self) -> str:
        kind = self.problem()
        name = self.experience.drawn(kind, PRIORS, self._rng)
        # Neighbours alone choose only as far as they predict as well as the model does.
        unfit = name == GRID and self._rng.random() > 2.0 * self.experience.local_chance(kind)
        return IMPROVEMENT if unfit else name

    def observe(
        self, id_or_values: str | Mapping[str, Any], quality: float, *, metrics: Mapping[str, float] | None = None,
        attempts: Sequence[Attempt | Mapping[str, Any]] | None = None, context: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Say how good (0 to 1) an execution was; the strategy that chose it is credited at the next decision."""
        if self._guessed and isinstance(id_or_values, Mapping):
            quality = finite("quality", quality, 0.0, 1.0)  # what cannot be does not make a space either
            id_or_values = self._fitting(id_or_values)
        source = self._sources.get(id_or_values, START) if isinstance(id_or_values, str) else ""
        values = self._pending.get(id_or_values, ({}, {}))[0] if isinstance(id_or_values, str) else {}
        super().observe(id_or_values, quality, metrics=metrics, attempts=attempts, context=context)
        if isinstance(id_or_values, str):
            self._sources.pop(id_or_values, None)
            self._owed.append((source, float(quality), self.space.encode(values)))

    def decide(self) -> dict[str, Any]:
        """Learn from what was observed, credit the strategies, and decide what is served."""
        owed, self._owed = self._owed, []
        if self._step >= WARM:
            for _, quality, row in owed:
                self._score(row, quality)
        before = self._mind.best
        served = super().decide()
        if owed and self._step > WARM:
            was, now = self._believed(np.vstack([before, self._mind.best]))[0].tolist()
            kind = self.problem()
            # Worth is what the trial itself lost or won, and what its lesson brings to the next executions.
            lesson = AHEAD * max(now - was, 0.0) / len(owed)
            for strategy, quality, _ in owed:
                if strategy != START:
                    self.experience.credit(kind, strategy, quality - was + lesson)
        return served

    def _score(self, row: Array, quality: float) -> None:
        """Say how well each of the two models foresaw an execution."""
        rows = self._mind.model.placed(row[None])
        mean, deviation = self._believed(row[None])
        near, near_deviation = neighbours(self._mind.model, rows, self._mind.expected)
        noise = self._noise() ** 2
        self.experience.score(
            self.problem(),
            _log_density(quality - float(mean[0]), float(deviation[0]) ** 2 + noise),
            _log_density(quality - float(near[0]), float(near_deviation[0]) ** 2 + noise),
        )

    def _believed(self, rows: Array) -> tuple[Array, Array]:
        """Return mean and deviation of quality at rows, in the middle of all contexts."""
        mind = self._mind
        return serving.mixture(mind.model, mind.model.placed(rows), mind.expected)

    def _noise(self) -> float:
        model = self._mind.model
        return math.sqrt(float(model.chances() @ model.noise(model.all)))

    def problem(self) -> str:
        """Return the class of this problem: its parameters, and how noisy it seems."""
        return problem_class(self.space, self._noise())

    def select_learning_strategy(self, function_context: FunctionContext | None = None) -> LearningStrategy:
        """Return the strategy that is most probably the best for this class of problem, or for another function's."""
        kind = self.problem() if function_context is None else function_context.problem()
        believed = self.experience.believed(kind, PRIORS)
        means, spreads = np.array(list(believed.values())).T
        chances = dict(zip(believed, chances_of_best(means, spreads).tolist(), strict=True))
        name = max(chances, key=lambda one: chances[one])
        return LearningStrategy(name, kind, chances, self.experience.evidence(kind))

    def predict_performance(self, level: float = 0.9) -> Prediction:
        """Return what executions with the served values will give, as far as is known."""
        if not 0.0 < level < 1.0:
            raise ParameterError(f"level is {level!r}", field="level", expected="a number between 0 and 1")
        self.decide()
        served = self.space.encode(self._served)
        near = self._mind.model.geometry.candidates(np.random.default_rng(0), served, 64, 8)
        mean, deviation = self._believed(np.vstack([served, self._mind.best, near]))
        width = interval_deviate(level) * math.hypot(float(deviation[0]), self._noise())
        quality = float(mean[0])
        gain = max(0.0, float((mean + deviation).max()) - quality - float(deviation[0]))
        low, high = max(0.0, quality - width), min(1.0, quality + width)
        quality = min(1.0, max(0.0, quality))
        return Prediction(quality, low, high, level, gain, gain < TOLERANCE, self._step)

    def state(self) -> dict[str, Any]:
        """Return plain JSON-able data, the experience included; `from_state` continues with bit-identical suggestions."""
        adaptive = {
            "rng": self._rng.bit_generator.state, "sources": dict(self._sources),
            "owed": [[name, quality, row.tolist()] for name, quality, row in self._owed], "experience": self.experience.state(),
            "guessed": self._guessed,
        }  # fmt: skip
        return super().state() | {"adaptive": adaptive}

    @classmethod
    @reading("an AdaptiveLearner")
    def from_state(
        cls, state: Mapping[str, Any], space: Space | Iterable[Parameter | Choice | Structured] | None = None, *,
        prior: Expected | None = None,
    ) -> Self:  # fmt: skip
        """Continue from a state, in its own space where none is given.

        SpaceChanged when it was learned for other names, bounds or options.
        """
        learner = super().from_state(state, space, prior=prior)
        learner.go_on(state["adaptive"])
        return learner

    def go_on(self, adaptive: Mapping[str, Any]) -> None:
        """Take over the adaptive part of a state."""
        self._guessed = bool(adaptive.get("guessed"))
        self._rng.bit_generator.state = adaptive["rng"]
        self._sources = dict(adaptive["sources"])
        self._owed = [(str(name), float(quality), np.array(row)) for name, quality, row in adaptive["owed"]]
        self.experience = Experience.from_state(adaptive["experience"])


def _log_density(error: float, variance: float) -> float:
    return -0.5 * (math.log(2.0 * math.pi * variance) + error * error / variance)
