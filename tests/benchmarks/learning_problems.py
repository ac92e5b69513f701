"""Noisy tuning problems with a known truth: ten to tune on, five that were written apart from the learners.

A problem gives `run(values, rng, step)`, the quality (0 to 1) and the attempts of one execution, and
`truth(values, step)`, its expectation. `gap(values, step)` is 0 at the start and 1 at the optimum, at least -1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from dana_learning import Attempt, Choice, Parameter, Space

Values = Mapping[str, Any]
Run = tuple[float, tuple[Attempt, ...]]


@dataclass
class Problem:
    """One function to tune. `phases` are the steps at which its truth changes."""

    name: str
    space: Space
    execute: Callable[[Values, np.random.Generator, int], Run]
    expected: Callable[[Values, int], float]
    phases: tuple[int, ...] = (0,)
    _best: dict[int, float] = field(default_factory=dict)

    def run(self, values: Values, rng: np.random.Generator, step: int) -> Run:
        """Execute once: quality clipped to 0..1, and the attempts that it took."""
        quality, attempts = self.execute(values, rng, step)
        return min(1.0, max(0.0, quality)), attempts

    def phase(self, step: int) -> int:
        """Return the step at which the truth of `step` began."""
        return max(start for start in self.phases if start <= step)

    def best(self, step: int) -> float:
        """Return the expectation of the best values, found by a dense search once."""
        phase = self.phase(step)
        if phase not in self._best:
            self._best[phase] = max(self.expected(values, phase) for values in self.candidates)
        return self._best[phase]

    @cached_property
    def candidates(self) -> list[dict[str, Any]]:
        """A dense random set of values, the start among them, sharpened by local steps around the best."""
        rng = np.random.default_rng(0)
        vectors = [self.space.decode(row) for row in rng.random((3000, self.space.width))]
        for phase in self.phases:
            ranked = self._ranked(vectors, phase)
            for scale in (0.1, 0.03, 0.01):
                near = [
                    self.space.encode(one) + rng.normal(0, scale, self.space.width) for one in ranked for _ in range(40)
                ]
                vectors += [self.space.decode(np.clip(row, 0, 1)) for row in near]
                ranked = self._ranked(vectors, phase)
        return [self.space.defaults(), *vectors]

    def _ranked(self, vectors: list[dict[str, Any]], phase: int) -> list[dict[str, Any]]:
        return sorted(vectors, key=lambda values: -self.expected(values, phase))[:10]

    def gap(self, values: Values, step: int) -> float:
        """Return how much of the distance from the start to the optimum `values` close at `step`."""
        start = self.expected(self.space.defaults(), self.phase(step))
        return max(-1.0, (self.expected(values, self.phase(step)) - start) / (self.best(step) - start))


def _noisy(sigma: float, truth: Callable[[Values, int], float]) -> Callable[[Values, np.random.Generator, int], Run]:
    return lambda values, rng, step: (truth(values, step) + sigma * float(rng.normal()), ())


def _bowl(values: Values, centre: Mapping[str, float], width: float) -> float:
    return math.exp(-sum(((values[name] - at) / width) ** 2 for name, at in centre.items()))


# Calls of a service: latency, stuck calls, errors and outages.


@dataclass(frozen=True)
class Service:
    """How a simulated service answers: `latency(rng)` seconds, chance of stuck calls, errors and outages."""

    latency: Callable[[np.random.Generator], float]
    stuck: float = 0.0
    error: float = 0.0
    outage: float = 0.0
    outage_seconds: float = 0.0
    patience: float = 10.0

    def call(self, rng: np.random.Generator, timeout: float, retries: int, backoff: float) -> Run:
        """Call with retries; quality falls linearly from 1 to 0 while the caller waits `patience` seconds."""
        down = rng.exponential(self.outage_seconds) if rng.random() < self.outage else 0.0
        clock, attempts = 0.0, []
        for tried in range(retries + 1):
            wait = 0.0 if tried == 0 else backoff * 2 ** (tried - 1)
            clock += wait
            takes = math.inf if rng.random() < self.stuck else self.latency(rng)
            if clock < down or rng.random() < self.error:
                attempts.append(Attempt(min(0.05, timeout), "ConnectionError", timeout, wait))
            elif takes > timeout:
                attempts.append(Attempt(timeout, "TimeoutError", timeout, wait))
            else:
                attempts.append(Attempt(takes, "", timeout, wait))
                return max(0.0, 1 - (clock + takes) / self.patience), tuple(attempts)
            clock += attempts[-1].seconds
        return 0.0, tuple(attempts)


def _service_problem(name: str, service: Service, space: Space) -> Problem:
    def call(values: Values, rng: np.random.Generator, step: int) -> Run:
        del step
        return service.call(rng, values["timeout"], values.get("retries", 2), values.get("backoff", 0.1))

    known: dict[tuple[float, ...], float] = {}

    def truth(values: Values, step: int) -> float:
        key = tuple(float(one) for one in values.values())
        if key not in known:
            rng = np.random.default_rng(7)
            known[key] = float(np.mean([call(values, rng, step)[0] for _ in range(400)]))
        return known[key]

    return Problem(name, space, call, truth)


def _lognormal(median: float, sigma: float) -> Callable[[np.random.Generator], float]:
    return lambda rng: float(median * math.exp(sigma * rng.normal()))


TIMEOUT = Space([Parameter("timeout", 30.0, 0.1, 60.0, unit="s", scale="log")])
RETRYING = Space([
    Parameter("timeout", 30.0, 0.1, 60.0, unit="s", scale="log"), Parameter("retries", 1, 0, 6, integer=True),
    Parameter("backoff", 2.0, 0.02, 5.0, unit="s", scale="log"),
])  # fmt: skip


def _branin(values: Values, step: int) -> float:
    del step
    x, y = values["x"], values["y"]
    raw = (
        (y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6) ** 2
        + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x)
        + 10
    )
    return float(1 - min(1.0, raw / 150))


_RATES = {"a": 0.45, "b": 0.55, "c": 0.75, "d": 0.6, "e": 0.3}


def _mixed(values: Values, step: int) -> float:
    del step
    best = {"ks": 0.35, "psi": 0.6, "cusum": 0.5}[values["test"]]
    base = {"ks": 0.62, "psi": 0.72, "cusum": 0.85}[values["test"]]
    window = math.log(values["window"] / 60) / 1.2
    return base * math.exp(-(((values["threshold"] - best) / 0.22) ** 2) - 0.5 * window * window)


def _jumping(values: Values, step: int) -> float:
    centre = 0.2 if step < 25 else 0.8
    return float(0.9 - 1.1 * abs(values["level"] - centre) ** 1.3)


def _plateau(values: Values, step: int) -> float:
    del step
    inside = max(abs(values["a"] - 0.7) - 0.12, 0) + max(abs(values["b"] - 3.0) / 10 - 0.12, 0)
    return 0.35 + 0.5 * math.exp(-((inside / 0.2) ** 2))


def _four(values: Values, step: int) -> float:
    del step
    return 0.3 + 0.6 * _bowl(values, {"p": 0.3, "q": 0.75, "r": 0.55, "s": 0.2}, 0.55)


def _heavy(values: Values, step: int) -> float:
    del step
    return 0.25 + 0.55 * _bowl(values, {"u": 0.65, "v": 0.3}, 0.35)


def _heavy_run(values: Values, rng: np.random.Generator, step: int) -> Run:
    outlier = rng.random() < 0.08
    return _heavy(values, step) + (float(rng.choice([-0.6, 0.5])) if outlier else 0.05 * float(rng.normal())), ()


def _bernoulli(values: Values, rng: np.random.Generator, step: int) -> Run:
    del step
    return float(rng.random() < _RATES[values["arm"]]), ()


def main_problems() -> list[Problem]:
    """Return the ten problems that settings may be chosen on."""
    quadratic = Space([Parameter("x", 0.9, 0.0, 1.0), Parameter("y", 10.0, 0.0, 100.0)])

    def bowl(values: Values, step: int) -> float:
        del step
        return float(0.85 - 0.9 * (values["x"] - 0.35) ** 2 - 0.6 * ((values["y"] - 70) / 100) ** 2)

    branin = Space([Parameter("x", 0.0, -5.0, 10.0), Parameter("y", 14.0, 0.0, 15.0)])
    mixed = Space([
        Parameter("threshold", 0.9, 0.0, 1.0), Parameter("window", 10, 5, 500, scale="log", integer=True),
        Choice("test", "ks", ("ks", "psi", "cusum")),
    ])  # fmt: skip
    jump = Space([Parameter("level", 0.5, 0.0, 1.0)])
    plateau = Space([Parameter("a", 0.1, 0.0, 1.0), Parameter("b", -4.0, -5.0, 5.0)])
    four = Space([Parameter(name, start, 0.0, 1.0) for name, start in zip("pqrs", (0.8, 0.2, 0.1, 0.8), strict=True)])
    heavy = Space([Parameter("u", 0.15, 0.0, 1.0), Parameter("v", 0.8, 0.0, 1.0)])
    return [
        _service_problem("timeout1", Service(_lognormal(0.8, 0.6), stuck=0.25), TIMEOUT),
        _service_problem(
            "timeout_retry",
            Service(_lognormal(0.6, 0.5), stuck=0.12, error=0.2, outage=0.25, outage_seconds=1.5), RETRYING,
        ),
        Problem("quadratic", quadratic, _noisy(0.08, bowl), bowl),
        Problem("branin", branin, _noisy(0.08, _branin), _branin),
        Problem("arms", Space([Choice("arm", "a", tuple(_RATES))]), _bernoulli, lambda v, _: _RATES[v["arm"]]),
        Problem("mixed", mixed, _noisy(0.08, _mixed), _mixed),
        Problem("jump", jump, _noisy(0.06, _jumping), _jumping, (0, 25)),
        Problem("plateau", plateau, _noisy(0.06, _plateau), _plateau),
        Problem("four", four, _noisy(0.05, _four), _four),
        Problem("heavy", heavy, _heavy_run, _heavy),
    ]  # fmt: skip


# Written apart: settings are never chosen on these.


def _hartmann(values: Values, step: int) -> float:
    del step
    x = np.array([values["seconds"] / 10, math.log10(values["rate"]) / 3, (values["size"] - 10) / 190])
    a = np.array([[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]])
    p = np.array([[0.3689, 0.117, 0.2673], [0.4699, 0.4387, 0.747], [0.1091, 0.8732, 0.5547], [0.0381, 0.5743, 0.8828]])
    return float(np.dot([1.0, 1.2, 3.0, 3.2], np.exp(-np.sum(a * (x - p) ** 2, axis=1)))) / 4.3


_PROMPTS = {f"v{n}": rate for n, rate in enumerate((0.55, 0.6, 0.52, 0.71, 0.66, 0.58, 0.49, 0.63))}


def _prompt_run(values: Values, rng: np.random.Generator, step: int) -> Run:
    del step
    mean = _PROMPTS[values["prompt"]]
    return float(rng.beta(6 * mean, 6 * (1 - mean))), ()


def _alarm(values: Values, step: int) -> float:
    del step
    missed = 0.5 * (1 + math.erf((values["threshold"] - 3.2) / 1.1))
    false = 0.5 * (1 - math.erf((values["threshold"] - 1.0) / 1.3))
    return 1 - min(1.0, 0.9 * missed + 0.35 * false)


def _two_and_two(values: Values, step: int) -> float:
    del step
    rule = {"mean": 0.5, "median": 0.65, "trim": 0.6}[values["rule"]]
    kind = {"fast": 0.0, "slow": 0.1}[values["kind"]] if values["rule"] != "mean" else 0.02
    return float(rule + kind - 0.8 * (values["alpha"] - 0.4) ** 2 - 0.15 * (math.log(values["n"] / 40) / 2) ** 2)


def _two_run(values: Values, rng: np.random.Generator, step: int) -> Run:
    return _two_and_two(values, step) + (0.03 + 0.12 * values["alpha"]) * float(rng.normal()), ()


def _valley(values: Values, step: int) -> float:
    del step
    load = math.log(values["batch"] * values["workers"] / 96)
    return 0.9 * math.exp(-0.5 * load * load - 0.12 * math.log(values["batch"] / 16) ** 2)


def held_out_problems() -> list[Problem]:
    """Return five problems that no setting was chosen on."""
    hartmann = Space([
        Parameter("seconds", 8.0, 0.0, 10.0, unit="s"), Parameter("rate", 500.0, 1.0, 1000.0, scale="log"),
        Parameter("size", 20, 10, 200, integer=True),
    ])  # fmt: skip
    two = Space([
        Parameter("alpha", 0.95, 0.0, 1.0), Parameter("n", 400, 5, 500, scale="log", integer=True),
        Choice("rule", "mean", ("mean", "median", "trim")), Choice("kind", "fast", ("fast", "slow")),
    ])  # fmt: skip
    valley = Space([
        Parameter("batch", 2, 1, 256, scale="log", integer=True), Parameter("workers", 2, 1, 64, scale="log", integer=True),
    ])  # fmt: skip
    return [
        Problem("hartmann", hartmann, _noisy(0.06, _hartmann), _hartmann),
        Problem("prompts", Space([Choice("prompt", "v0", tuple(_PROMPTS))]), _prompt_run, lambda v, _: _PROMPTS[v["prompt"]]),
        Problem("alarm", Space([Parameter("threshold", 6.0, 0.0, 8.0)]), _noisy(0.08, _alarm), _alarm),
        Problem("two_and_two", two, _two_run, _two_and_two),
        Problem(
            "valley", valley, lambda v, rng, s: (_valley(v, s) * (1 + 0.15 * float(rng.normal())), ()), _valley,
        ),
    ]  # fmt: skip
