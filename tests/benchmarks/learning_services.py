"""Simulated services for learning timeouts, retries and backoff: twelve families whose truth is known by simulation.

A family draws the fates of `count` executions at once; one execution and the truth (the mean of 4,000) run through the
same code. Mechanisms, time scales and utilities differ on purpose: no learner was made for one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dana_learning import Attempt, Parameter, Space
from tests.benchmarks.learning_problems import Problem, Run, Values

Array: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]
Answer: TypeAlias = Callable[[int, Array], tuple[Array, Mask]]
"""What an attempt meets: its number and when it starts give the seconds it would take and whether it is refused."""
Family: TypeAlias = Callable[[np.random.Generator, int, int], Answer]
"""`begin(rng, count, step)` draws the fates of `count` executions; they may be asked again from attempt 0 on."""
Utility: TypeAlias = Callable[[Array, int], Array]
"""Quality of a success, from its seconds and its number of attempts."""

MOST = 8
SAMPLES = 4000


def _lognormal(rng: np.random.Generator, count: int, median: float, sigma: float) -> Array:
    return median * np.exp(sigma * rng.normal(size=(count, MOST)))


def _stuck(rng: np.random.Generator, seconds: Array, chance: float) -> Array:
    return np.where(rng.random(seconds.shape) < chance, np.inf, seconds)


def _independent(seconds: Array, refused: Mask) -> Answer:
    return lambda tried, _: (seconds[:, tried], refused[:, tried])


def _refused(rng: np.random.Generator, count: int, chance: float) -> Mask:
    return rng.random((count, MOST)) < chance


def steady(rng: np.random.Generator, count: int, step: int) -> Answer:
    """One call in four never returns; the others are log-normal."""
    del step
    return _independent(_stuck(rng, _lognormal(rng, count, 0.8, 0.6), 0.25), _refused(rng, count, 0.0))


def outages(rng: np.random.Generator, count: int, step: int) -> Answer:
    """Stuck calls, single errors, and outages of 1.5 s on average."""
    del step
    until = np.where(rng.random(count) < 0.25, rng.exponential(1.5, count), 0.0)
    seconds, single = _stuck(rng, _lognormal(rng, count, 0.6, 0.5), 0.12), _refused(rng, count, 0.2)
    return lambda tried, clock: (seconds[:, tried], (clock < until) | single[:, tried])


def bimodal(rng: np.random.Generator, count: int, step: int) -> Answer:
    """A cache that mostly hits; misses take twenty times as long, and some calls never return."""
    del step
    hit = rng.random((count, MOST)) < 0.65
    seconds = np.where(hit, _lognormal(rng, count, 0.1, 0.3), _lognormal(rng, count, 2.2, 0.25))
    return _independent(_stuck(rng, seconds, 0.08), _refused(rng, count, 0.03))


def pareto(rng: np.random.Generator, count: int, step: int) -> Answer:
    """A tail without a scale: one call in ten takes four times the median, one in a hundred twenty-five times."""
    del step
    seconds = 0.4 * rng.random((count, MOST)) ** (-1 / 1.2)
    return _independent(_stuck(rng, seconds, 0.1), _refused(rng, count, 0.05))


def sick_requests(rng: np.random.Generator, count: int, step: int) -> Answer:
    """Some requests are slow and then stuck; some of those are so again whenever they are repeated."""
    del step
    sick, again = rng.random((count, MOST)) < 0.35, rng.random(count) < 0.4
    sick[again] = sick[again, :1]
    slow = _stuck(rng, _lognormal(rng, count, 4.0, 0.3), 0.6)
    return _independent(np.where(sick, slow, _lognormal(rng, count, 0.5, 0.4)), _refused(rng, count, 0.02))


def flapping(rng: np.random.Generator, count: int, step: int) -> Answer:
    """Errors come in spells: up and down change at random moments, also while an execution waits."""
    del step
    down = rng.random(count) < 0.35
    spells = rng.exponential(1.0, (count, 16)) * np.where((np.arange(16) % 2 == 0) == down[:, None], 1.6, 3.0)
    ends = np.cumsum(spells, axis=1)
    seconds = _stuck(rng, _lognormal(rng, count, 0.35, 0.5), 0.1)

    def answer(tried: int, clock: Array) -> tuple[Array, Mask]:
        changes = (ends <= clock[:, None]).sum(axis=1)
        return seconds[:, tried], (changes % 2 == 0) == down

    return answer


def rate_limited(rng: np.random.Generator, count: int, step: int) -> Answer:
    """Refused until a window ends (429), and asking again too early makes the window longer."""
    del step
    until = np.where(rng.random(count) < 0.4, rng.uniform(0.5, 3.5, count), 0.0)
    seconds = _stuck(rng, _lognormal(rng, count, 0.3, 0.4), 0.04)

    later = until.copy()

    def answer(tried: int, clock: Array) -> tuple[Array, Mask]:
        if tried == 0:
            later[:] = until
        refused = clock < later
        later[refused] += 0.4
        return seconds[:, tried], refused

    return answer


def cold_starts(rng: np.random.Generator, count: int, step: int) -> Answer:
    """One execution in three wakes an instance that needs four seconds; asking again does not make it faster."""
    del step
    ready = np.where(rng.random(count) < 0.33, rng.normal(4.0, 0.5, count), 0.0)
    seconds = _stuck(rng, _lognormal(rng, count, 0.35, 0.4), 0.18)
    return lambda tried, clock: (np.maximum(ready - clock, 0.0) + seconds[:, tried], np.zeros(count, dtype=bool))


def drifting(rng: np.random.Generator, count: int, step: int) -> Answer:
    """Latency grows fivefold within forty executions."""
    median = 0.3 * 5.0 ** min(step / 40, 1.0)
    return _independent(_stuck(rng, _lognormal(rng, count, median, 0.45), 0.15), _refused(rng, count, 0.05))


def loaded(rng: np.random.Generator, count: int, step: int) -> Answer:
    """All attempts of one execution meet the same load, and each attempt adds to it."""
    del step
    load = rng.gamma(1.2, 1.0, (count, 1)) * 1.25 ** np.arange(MOST)
    seconds = _stuck(rng, _lognormal(rng, count, 0.4, 0.3) * (1 + load), 0.18)
    return _independent(seconds, _refused(rng, count, 0.04))


def long_outages(rng: np.random.Generator, count: int, step: int) -> Answer:
    """Outages of a fixed five seconds, or for the whole execution, and single errors besides."""
    del step
    kind = rng.random(count)
    until = np.where(kind < 0.2, 5.0 * rng.random(count), np.where(kind < 0.25, np.inf, 0.0))
    seconds, single = _stuck(rng, _lognormal(rng, count, 1.0, 0.3), 0.05), _refused(rng, count, 0.15)
    return lambda tried, clock: (seconds[:, tried], (clock < until) | single[:, tried])


def minutes(rng: np.random.Generator, count: int, step: int) -> Answer:
    """A job of tens of seconds that often hangs: everything is slower than elsewhere."""
    del step
    return _independent(_stuck(rng, _lognormal(rng, count, 20.0, 0.35), 0.2), _refused(rng, count, 0.1))


def _linear(patience: float) -> Utility:
    return lambda seconds, _: np.clip(1 - seconds / patience, 0.0, 1.0)


def _fading(scale: float) -> Utility:
    return lambda seconds, _: np.exp(-seconds / scale)


def _deadline(seconds_allowed: float, width: float) -> Utility:
    return lambda seconds, _: 0.95 / (1 + np.exp(np.clip((seconds - seconds_allowed) / width, -50, 50)))


def _counted(patience: float, cost: float) -> Utility:
    return lambda seconds, tried: np.clip(1 - seconds / patience - cost * (tried - 1), 0.0, 1.0)


@dataclass(frozen=True)
class Service:
    """A family with its utility, the quality of a failure, and noise of quality."""

    begin: Family
    utility: Utility
    failure: float = 0.0
    noise: float = 0.0
    wait: Callable[[float, int], float] = lambda backoff, tried: backoff * 2.0 ** (tried - 1)
    known: dict[tuple[Any, ...], float] = field(default_factory=dict)
    fates: dict[int, Answer] = field(default_factory=dict)

    def qualities(self, answer: Answer, count: int, values: Values, trace: list[Attempt] | None = None) -> Array:
        """Return the quality of `count` executions; `trace` collects the attempts of a single one."""
        timeout, quality = values["timeout"], np.full(count, self.failure)
        clock, open_ = np.zeros(count), np.ones(count, dtype=bool)
        for tried in range(values.get("retries", 2) + 1):
            wait = self.wait(values.get("backoff", 0.1), tried) if tried else 0.0
            clock = clock + wait
            seconds, refused = answer(tried, clock)
            done = open_ & ~refused & (seconds <= timeout)
            quality[done] = self.utility(clock + seconds, tried + 1)[done]
            took = np.where(refused, min(0.05, timeout), np.minimum(seconds, timeout))
            if trace is not None:
                error = "" if done[0] else "ConnectionError" if refused[0] else "TimeoutError"
                trace.append(Attempt(float(took[0]), error, timeout, wait))
            open_ &= ~done
            if not open_.any():
                break
            clock += took
        return quality

    def run(self, values: Values, rng: np.random.Generator, step: int) -> Run:
        """Execute once."""
        trace: list[Attempt] = []
        quality = self.qualities(self.begin(rng, 1, step), 1, values, trace)
        return float(quality[0] + self.noise * rng.normal()), tuple(trace)

    def truth(self, values: Values, step: int) -> float:
        """Return the expected quality, with the same fates for all values."""
        key = (step, *sorted(values.items()))
        if step not in self.fates:
            self.fates[step] = self.begin(np.random.default_rng(7), SAMPLES, step)
        if key not in self.known:
            self.known[key] = float(self.qualities(self.fates[step], SAMPLES, values).mean())
        return self.known[key]


def _space(names: str, timeout: tuple[float, float, float], backoff: tuple[float, float, float]) -> Space:
    start, low, high = timeout
    parts = {
        "timeout": Parameter("timeout", start, low, high, unit="s", scale="log"),
        "retries": Parameter("retries", 1, 0, 6, integer=True),
        "backoff": Parameter("backoff", *backoff, unit="s", scale="log"),
    }
    return Space([parts[name] for name in names.split()])


def services() -> dict[str, Problem]:
    """Return the problems by name; all begin with a timeout far too long, one retry and a long backoff."""
    usual = _space("timeout retries backoff", (30.0, 0.1, 60.0), (2.0, 0.02, 5.0))
    alone = _space("timeout", (30.0, 0.1, 60.0), (2.0, 0.02, 5.0))
    slow = _space("timeout retries backoff", (600.0, 2.0, 900.0), (30.0, 0.5, 60.0))
    made = {
        "steady": (alone, Service(steady, _linear(10.0))),
        "outages": (usual, Service(outages, _linear(10.0))),
        "bimodal": (usual, Service(bimodal, _linear(8.0))),
        "pareto": (usual, Service(pareto, _fading(4.0), noise=0.02)),
        "sick_requests": (usual, Service(sick_requests, _linear(8.0), failure=0.1)),
        "flapping": (usual, Service(flapping, _counted(8.0, 0.02))),
        "rate_limited": (usual, Service(rate_limited, _fading(5.0))),
        "cold_starts": (usual, Service(cold_starts, _linear(10.0))),
        "drifting": (usual, Service(drifting, _linear(8.0))),
        "loaded": (alone, Service(loaded, _deadline(5.0, 0.8), noise=0.02)),
        "long_outages": (usual, Service(long_outages, _linear(15.0), wait=lambda backoff, _: backoff)),
        "minutes": (slow, Service(minutes, _linear(240.0))),
    }
    phases = {"drifting": (0, 10, 20, 30, 40)}
    return {
        name: Problem(name, space, service.run, service.truth, phases.get(name, (0,)))
        for name, (space, service) in made.items()
    }
