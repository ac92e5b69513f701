"""Learning timeouts, retries and backoff from the attempts of executions, instead of from their quality alone.

Every execution tells how long its attempts took, which failed and when; from this the quality of any other timeout,
number of retries and backoff is predicted by replay. What other parameters do is not this model's business: its
prediction is a prior mean, and what differs from it is left to the model of quality.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from dana_learning.online.changes import Cusum
from dana_learning.online.outages import fit_outages
from dana_learning.online.replay import DRAWS, EACH, EXECUTIONS, MOST, Worlds, replayed, thrown
from dana_learning.online.roles import Roles, roles_of
from dana_learning.online.survival import SHORTEST, Latency, fit_latency
from dana_learning.online.utility import Utility, fit_utility

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from dana_learning.observation import Attempt, Observation
    from dana_learning.parameter import Space

    Array = NDArray[np.float64]
    Outcome: TypeAlias = tuple[float, int, bool]

__all__ = ["AttemptModel", "Roles", "roles_of"]

WINDOW = EXECUTIONS
"""Executions that are kept."""
FADING = 0.985
"""An execution weighs this much less with every one that follows."""
AFTER_CHANGE = 0.1
"""What executions before a change weigh from then on."""
GROWTH = 1.75
"""How much longer each wait is believed to be than the one before, unseen."""
TINY = 1e-6
COLD = 5
"""Executions below which only the quantile rule has something to go by."""
QUANTILE, FACTOR = 0.9, 1.5
PATIENCE = 4.0
"""So many times longer is waited when no attempt was ever answered."""
ROUNDS = 8
ANSWERED, FAILED, LATE = 0, 1, 2
FORM, FORM_SHARE = 0.008, 0.3
"""How far a gain may be off because executions are of another form: at least, and as a share of the gain."""
CHOSEN = 3.0
"""So many times worse than the luck of the worlds it is that what looks best was chosen among many."""


def outcome(attempts: Sequence[Attempt]) -> Outcome:
    """Return seconds, retries, and whether attempts succeeded in the end."""
    return sum(one.wait + one.seconds for one in attempts), len(attempts) - 1, attempts[-1].succeeded


class AttemptModel:
    """Predicts quality for any timeout, retries and backoff from what attempts did.

    >>> from dana_learning import Attempt, Observation, Parameter, Space
    >>> space = Space([Parameter("timeout", 30.0, 0.1, 60.0, unit="s", scale="log")])
    >>> model = AttemptModel(space, roles_of(space))
    >>> for number in range(9):
    ...     tries = [Attempt(1 + number / 10, "", 30.0)]
    ...     quality = 1 - tries[-1].seconds / 10
    ...     if number == 4:
    ...         tries, quality = [Attempt(30.0, "TimeoutError", 30.0), *tries], 0.0
    ...     model.observe(Observation(f"{number}", {"timeout": 30.0}, quality, attempts=tuple(tries)))
    >>> int(model.expected([{"timeout": seconds} for seconds in (0.5, 3.0, 30.0)]).argmax())
    1
    """

    def __init__(self, space: Space, roles: Roles) -> None:
        self.space = space
        self.roles = roles
        self.dice = thrown()
        self.records: deque[list[Any]] = deque(maxlen=WINDOW)
        self.count = 0
        self.watch = {"latency": Cusum(limit=8.0), "failing": Cusum(limit=8.0)}
        self.usual = {"latency": [0.0, 0.0, 0.0], "failing": [0.0, 0.0, 0.0]}
        self._worlds: tuple[Worlds, Utility, Array, int] | None = None

    @property
    def evidence(self) -> float:
        """How many executions it goes by, older ones counting less."""
        return float(self._weights().sum())

    @property
    def is_empty(self) -> bool:
        """Whether no attempts were seen yet."""
        return not self.records

    @property
    def is_cold(self) -> bool:
        """Whether there are too few executions for anything but the quantile rule."""
        return len(self.records) < COLD

    # Observations

    def observe(self, observation: Observation) -> None:
        """Keep the attempts of one execution; one without attempts says nothing here."""
        if not observation.attempts:
            return
        clock, tried = 0.0, []
        for attempt in observation.attempts:
            clock += attempt.wait
            tried.append([clock, attempt.seconds, _outcome(attempt), attempt.wait])
            clock += attempt.seconds
        backoff = self._backoff_of(observation.values)
        self.records.append([tried, clock, float(observation.quality), backoff, 1.0])
        self.count += 1
        self._worlds = None
        self._watch(tried)

    def forget(self, keep: int) -> None:
        """Keep the last `keep` executions only."""
        self.records = deque(list(self.records)[len(self.records) - keep :], maxlen=WINDOW)
        self._worlds = None

    def _backoff_of(self, values: Mapping[str, Any]) -> float:
        role = self.roles.backoff
        return 1.0 if role is None else float(role.decoded(self.space.encode(values)[None])[0])

    def _watch(self, tried: list[list[float]]) -> None:
        """Look for a change of latency or of failures; what was before it loses weight."""
        answered = [np.log(max(one[1], 1e-6)) for one in tried if one[2] == ANSWERED]
        streams = {"latency": float(answered[0]) if answered else None, "failing": float(tried[0][2] != ANSWERED)}
        for name, value in streams.items():
            if value is None:
                continue
            surprise = _surprise(self.usual[name], value, 0.3 if name == "latency" else 0.2)
            if since := self.watch[name].update(surprise):
                self._changed(since, name)

    def _changed(self, since: int, name: str) -> None:
        kept = max(since, 2)
        for record in list(self.records)[:-kept]:
            record[4] *= AFTER_CHANGE
        self.usual[name] = [0.0, 0.0, 0.0]

    def _weights(self) -> Array:
        own = np.array([record[4] for record in self.records], dtype=np.float64)
        ages = np.arange(len(own))[::-1]
        weights: Array = own * FADING**ages
        return weights

    # Answers

    def expected(self, candidates: Sequence[Mapping[str, Any]] | Array) -> Array:
        """Return the expected quality of values or of encoded rows, at a first impression; a half while nothing is known."""
        if isinstance(candidates, np.ndarray):
            rows = candidates
        else:
            rows = np.array([self.space.encode(values) for values in candidates]).reshape(-1, self.space.width)
        if not self.records:
            return np.full(len(rows), 0.5)
        means: Array = self._replayed(rows, self._fitted()[0].few()).mean(axis=1)
        return means

    def gains(self, rows: Array) -> tuple[Array, Array]:
        """Return expected qualities at encoded rows, and how uncertain the gain of each over the last is (variances)."""
        found = self._replayed(rows, self._fitted()[0])
        means = found.mean(axis=1)
        apart = (found - found[-1]).reshape(len(rows), EACH, DRAWS)
        total, luck = apart.mean(axis=1).var(axis=1), apart.var(axis=1).mean(axis=1) / EACH
        believed = np.maximum(total - luck, 0.0) + CHOSEN * total / DRAWS
        return means, believed + FORM**2 + np.square(FORM_SHARE * (means - means[-1]))

    def _replayed(self, rows: Array, worlds: Worlds) -> Array:
        """Return the quality at rows in each of the worlds."""
        _, utility, ratios, counted = self._fitted()
        roles = self.roles
        timeouts = np.full(len(rows), self._usual_timeout()) if roles.timeout is None else roles.timeout.decoded(rows)
        if roles.retries is None:
            counts = np.full(len(rows), counted)
        else:
            counts = np.maximum(roles.retries.decoded(rows).astype(np.int64) + roles.first, 1)
        backoffs = np.ones(len(rows)) if roles.backoff is None else roles.backoff.decoded(rows)
        return replayed(worlds, utility, timeouts, counts, np.outer(backoffs, ratios))

    def explained(self, outcomes: Sequence[Outcome]) -> Array:
        """Return the quality that outcomes (seconds, retries, whether it succeeded) let expect, luck and all."""
        utility = self._fitted()[1]
        seconds, retries, succeeded = np.array(outcomes, dtype=np.float64).reshape(-1, 3).T
        found = np.maximum(utility.of(seconds) - utility.cost * retries, utility.failure)
        return np.where(succeeded > 0, found, utility.failure)

    def cold_start(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return values with the timeout of the quantile rule: 1.5 times what nine of ten answers took, inside bounds."""
        used, role = dict(values), self.roles.timeout
        seconds = [one[1] for record in self.records for one in record[0] if one[2] == ANSWERED]
        if role is None or not seconds or role.path not in used:
            return used
        used[role.path] = role.parameter.clip(FACTOR * float(np.quantile(seconds, QUANTILE)) / role.factor)
        return used

    def patient(self, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return values with a timeout far beyond all that were too short, while nothing was ever answered; else None."""
        role, tried = self.roles.timeout, [one for record in self.records for one in record[0]]
        late = max((one[1] for one in tried if one[2] == LATE), default=0.0)
        if role is None or not late or any(one[2] == ANSWERED for one in tried):
            return None
        if late >= 0.9 * role.parameter.high * role.factor:
            return None
        row = self.space.encode(values)
        row[role.column] = role.parameter.to_unit(role.parameter.clip(PATIENCE * late / role.factor))
        return self.space.decode(row)

    # Fitting

    def _fitted(self) -> tuple[Worlds, Utility, Array, int]:
        if self._worlds is None:
            self._worlds = self._fit()
        return self._worlds

    def _fit(self) -> tuple[Worlds, Utility, Array, int]:
        records = list(self.records)
        tried = [np.array(record[0]) for record in records]
        flat = np.concatenate(tried)
        weights = self._drawn_weights()
        answered = flat[:, 2] == ANSWERED
        usual = max(float(np.median(flat[answered, 1])) if answered.any() else self._first_guess(), SHORTEST)
        latency = self._latency(tried, flat, weights, usual)
        fates = self._fates(tried, latency, weights)
        starts, errors = [one[:, 0] for one in tried], [(one[:, 2] == FAILED).astype(np.float64) for one in tried]
        outages = fit_outages(starts, errors, weights, usual, self.dice.doubts)
        error_seconds = flat[flat[:, 2] == FAILED, 1]
        if not len(error_seconds):
            error_seconds = np.array([0.1 * usual])
        worlds = Worlds.imagined(self.dice, latency, outages, fates, error_seconds)
        return worlds, self._utility(tried), _ratios(tried, [record[3] for record in records]), _counted(tried)

    def _drawn_weights(self) -> Array:
        """Return the weights of executions in each draw, shape (draws, executions); each execution keeps its luck."""
        weights = self._weights()
        places = (self.count - len(weights) + np.arange(len(weights))) % WINDOW
        drawn = weights * self.dice.weights[:, places]
        drawn *= (weights.sum() / drawn.sum(axis=1))[:, None]
        return drawn

    def _first_guess(self) -> float:
        return 0.1 * min(self._usual_timeout(), 1e4)

    def _usual_timeout(self) -> float:
        return 1e9 if self.roles.timeout is None else self.roles.timeout.start

    def _utility(self, tried: list[Array]) -> Utility:
        ended = np.array([record[1] for record in self.records])
        qualities = np.array([record[2] for record in self.records])
        succeeded = np.array([one[-1, 2] == ANSWERED for one in tried], dtype=bool)
        retries = np.array([len(one) - 1.0 for one in tried])
        patience = self._usual_timeout() if self.roles.timeout else 10.0 * float(np.median(ended))
        return fit_utility(ended, retries, qualities, succeeded, max(patience, 1e-3))

    def _latency(self, tried: list[Array], flat: Array, weights: Array, usual: float) -> Latency:
        told = flat[:, 2] != FAILED
        spread = np.repeat(weights, [len(one) for one in tried], axis=1)[:, told]
        return fit_latency(flat[told, 1], flat[told, 2] == ANSWERED, spread, usual, self.dice.beliefs)

    def _fates(self, tried: list[Array], latency: Latency, weights: Array) -> Array:
        """Return for each draw how attempts go on after one that was given up (EM over whole executions)."""
        chains = [_given_up(one) for one in tried]
        chosen = [place for place, chain in enumerate(chains) if len(chain)]
        prior = self.dice.fates
        counts, own = prior, weights[:, chosen]
        likelihood = np.array([_fates(latency, chains[place]) for place in chosen]).reshape(-1, 3)
        for _ in range(ROUNDS if chosen else 0):
            share = likelihood * counts[:, None, :]
            share *= (own / share.sum(axis=2))[:, :, None]
            counts = prior + share.sum(axis=1)
        chances: Array = counts / counts.sum(axis=1)[:, None]
        return chances

    # State

    def state(self) -> dict[str, Any]:
        """Return plain data that `load` continues from, exactly."""
        records = [[[list(one) for one in record[0]], *record[1:]] for record in self.records]
        watch = {name: one.state() for name, one in self.watch.items()}
        usual = {name: list(one) for name, one in self.usual.items()}
        return {"records": records, "count": self.count, "watch": watch, "usual": usual}

    def load(self, state: Mapping[str, Any]) -> None:
        """Continue from a state of a model of the same space, roles and seed."""
        records = [[[list(one) for one in record[0]], *record[1:]] for record in state["records"]]
        self.records = deque(records, maxlen=WINDOW)
        self.count = int(state["count"])
        self.watch = {name: Cusum(**one) for name, one in state["watch"].items()}
        self.usual = {name: list(one) for name, one in state["usual"].items()}
        self._worlds = None


def _outcome(attempt: Attempt) -> int:
    if attempt.succeeded:
        return ANSWERED
    return LATE if attempt.timed_out or "timeout" in attempt.error.lower() else FAILED


def _surprise(usual: list[float], value: float, floor: float) -> float:
    """Return how far a value is from its running mean in deviations (0 for the first eight), and take it in."""
    count, mean, squares = usual
    deviation = max((squares / count) ** 0.5 if count else 0.0, floor)
    surprise = (value - mean) / deviation if count >= 8 else 0.0
    usual[0] = count = min(count + 1.0, 50.0)
    usual[1] = mean + (value - mean) / count
    usual[2] = squares * (1.0 - 1.0 / count) * (count / max(count - 1.0, 1.0)) + (value - mean) * (value - usual[1])
    return surprise


def _ratios(tried: list[Array], backoffs: list[float]) -> Array:
    """Return the wait before each attempt as a multiple of the backoff: as seen, and growing on as it was seen to grow."""
    sums, counts = np.zeros(MOST), np.zeros(MOST)
    for one, backoff in zip(tried, backoffs, strict=True):
        size = min(len(one), MOST)
        if backoff > 0:
            sums[1:size] += one[1:size, 3] / backoff
            counts[1:size] += 1.0
    known = int((counts[1:] > 0).sum())
    ratios = np.ones(MOST)
    ratios[0] = 0.0
    for place in range(1, MOST):
        if counts[place] > 0:
            ratios[place] = sums[place] / counts[place]
        elif place > 1:
            growth = ratios[known] / ratios[known - 1] if known >= 2 and ratios[known - 1] > TINY else GROWTH
            ratios[place] = ratios[place - 1] * min(max(growth, 1.0), 4.0)
    return ratios


def _counted(tried: list[Array]) -> int:
    """Return how many attempts an execution has: as many as failed ones took last, else as most took."""
    failed = [len(one) for one in tried if one[-1, 2] != ANSWERED]
    return failed[-1] if failed else max(2, *(len(one) for one in tried))


def _given_up(tried: Array) -> Array:
    """Return what followed attempts that were given up, as long as nothing was refused, shape (attempts, 4).

    The columns: the longest patience before, seconds from the first attempt to this one, its seconds, and whether it was
    answered.
    """
    late = tried[:, 2] == LATE
    if len(tried) < 2 or not late[0]:
        return np.empty((0, 4))
    ends = 1 + (len(late) - 1 if late.all() else int(np.argmin(late)))
    if ends < 2 or (not late.all() and tried[ends - 1, 2] == FAILED):
        ends -= 1
    starts = tried[1:ends, 0] - tried[0, 0]
    patience = np.maximum.accumulate(tried[: ends - 1, 1])
    return np.stack([patience, starts, tried[1:ends, 1], (tried[1:ends, 2] == ANSWERED).astype(float)], axis=1)


def _fates(latency: Latency, chain: Array) -> Array:
    """Return how likely what followed is after a fresh draw, the same fate, and when what was started goes on."""
    patience, starts, seconds, answered = chain.T
    survival = latency.survival
    known = answered > 0

    def share(low: Array, high: Array) -> Array:
        return np.maximum(survival(low) - survival(high), 1e-6)

    reach = 0.1 * seconds
    fresh = np.where(known, share(seconds - reach, seconds + reach), survival(seconds))
    top = np.maximum(survival(patience), 1e-6)
    same_answer = np.where(seconds > patience, share(seconds - reach, seconds + reach), 1e-6)
    same = np.where(known, same_answer, survival(np.maximum(seconds, patience))) / top
    before = np.concatenate([patience[:1], (starts + seconds)[:-1]])
    left = np.maximum(survival(before), 1e-6)
    ready = np.maximum(survival(before) - survival(np.maximum(starts, before)), 0.0)
    answer = share(np.maximum(starts + seconds - reach, before), starts + seconds + reach) + ready * fresh
    going = np.where(known, answer, survival(starts + seconds)) / left
    likelihood = np.array([fresh.prod(), same.prod(), going.prod()])
    relative: Array = np.maximum(likelihood / max(float(likelihood.max()), 1e-300), 1e-9)
    return relative
