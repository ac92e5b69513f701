"""The single statistical methods by name, for who wants one of them rather than a learner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dana_learning.errors import ParameterError, ValuesError
from dana_learning.kinds import Choice, Parameter
from dana_learning.observation import finite
from dana_learning.online.choices import ThompsonChoice
from dana_learning.online.tuner import Tuner

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dana_learning.kinds import Option, Structured
    from dana_learning.parameter import Space


class StatisticalOnlineLearner:
    """Moving averages, Thompson sampling and Bayesian optimisation, each kept by the name of its parameter.

    >>> learner = StatisticalOnlineLearner()
    >>> learner.exponential_weighted_moving_average("timeout", 10.0, 1.0)
    10.0
    >>> learner.exponential_weighted_moving_average("timeout", 20.0, 0.5)
    11.0
    """

    def __init__(self, learning_rate: float = 0.2, seed: int = 0) -> None:
        if type(learning_rate) not in {int, float} or not 0 < learning_rate <= 1:
            wanted = "a number above 0, at most 1"
            raise ParameterError(f"learning_rate is {learning_rate!r}", field="learning_rate", expected=wanted)
        self.learning_rate = learning_rate
        self.seed = seed
        self._averages: dict[str, float] = {}
        self._choices: dict[str, ThompsonChoice] = {}

    @property
    def parameter_estimators(self) -> dict[str, Option]:
        """What is believed to be best by name: the moving average, or the option that is worth most."""
        return {name: one.best() for name, one in self._choices.items()} | self._averages

    @property
    def confidence_intervals(self) -> dict[str, dict[Option, tuple[float, float]]]:
        """The interval that holds the quality of each sampled candidate with 95%, by name and candidate.

        A moving average knows no interval.
        """
        return {name: {one: _interval(kept, one) for one in kept.options} for name, kept in self._choices.items()}

    @property
    def learning_rates(self) -> dict[str, float]:
        """How much a new value of full performance counts in each moving average."""
        return dict.fromkeys(self._averages, self.learning_rate)

    def exponential_weighted_moving_average(self, param_name: str, new_value: float, performance_score: float) -> float:
        """Return the smoothed value: a new one counts as much as its performance (0 to 1) is good."""
        value, score = finite("new_value", new_value), finite("performance_score", performance_score, 0.0, 1.0)
        before = self._averages.get(param_name, value)
        self._averages[param_name] = before + self.learning_rate * score * (value - before)
        return self._averages[param_name]

    def thompson_sampling(self, param_name: str, candidate_values: Sequence[Option]) -> Option:
        """Return the candidate to try next; say with `observe` how good it was."""
        return self._choice(param_name, candidate_values).suggest()

    def _choice(self, name: str, candidates: Sequence[Option]) -> ThompsonChoice:
        kept = self._choices.get(name)
        if kept is None or kept.choice.options != tuple(candidates):
            self._choices[name] = kept = ThompsonChoice(Choice(name, candidates[0], tuple(candidates)), seed=self.seed)
        return kept

    def observe(self, param_name: str, value: Option, performance_score: float) -> None:
        """Say how good (0 to 1) a candidate was. ValuesError when there are no candidates of this name."""
        if param_name not in self._choices:
            wanted = f"one of {sorted(self._choices)}"
            raise ValuesError(f"nothing was sampled for {param_name!r}", field="param_name", expected=wanted)
        self._choices[param_name].observe(value, finite("performance_score", performance_score, 0.0, 1.0))

    def bayesian_optimization(
        self, param_space: Space | Iterable[Parameter | Choice | Structured] | Mapping[str, Any],
        performance_history: Iterable[tuple[Mapping[str, Any], float]] = (),
    ) -> dict[str, Any]:  # fmt: skip
        """Return the values to try next, given all values tried so far and how good (0 to 1) they were.

        A space may be a dict: of parameters, of (low, high), or of a list of options.

        >>> StatisticalOnlineLearner().bayesian_optimization({"level": (0.0, 1.0), "mode": ["a", "b"]})
        {'level': 0.5, 'mode': 'a'}
        """
        space = _described(param_space) if isinstance(param_space, Mapping) else param_space
        tuner = Tuner(space, seed=self.seed)
        for values, score in performance_history:
            tuner.observe(values, score)
        return dict(tuner.suggest().values)


def _interval(kept: ThompsonChoice, option: Option) -> tuple[float, float]:
    mean, deviation = kept.belief(option)
    return max(0.0, mean - 1.96 * deviation), min(1.0, mean + 1.96 * deviation)


def _described(space: Mapping[str, Any]) -> list[Any]:
    """Return parameters of a dict by name; what is neither bounds nor options is left for the space to refuse."""
    found = list[Any]()
    for name, given in space.items():
        match given:
            case (int() | float() as low, int() | float() as high) if isinstance(given, tuple):
                whole = type(low) is int and type(high) is int
                start = (low + high) // 2 if whole else (low + high) / 2
                found.append(Parameter(name, start, low, high, integer=whole))
            case list():
                found.append(Choice(name, given[0] if given else "", tuple(given)))
            case _:
                found.append(given)
    return found
