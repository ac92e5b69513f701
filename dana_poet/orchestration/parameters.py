"""Better parameters for a function out of what people said about its executions: `dana_learning` behind one door."""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from dana_poet.learned import path_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from dana_learning import KeptTuner, LearningStore, Space, Tuner
    from dana_poet.orchestration.ledger import Ledger

    Replay = Callable[[Mapping[str, Any]], float]

WINDOW = 200
"""How many of the newest judged executions are learned from."""
TRIALS = 30
"""How many sets of values are tried on recorded data, where there is a replay."""
LEAST_GAIN = 0.01
"""How much better, of a quality from 0 to 1, values must do on recorded data to be taken."""


class Judged(NamedTuple):
    """One execution that somebody judged: the parameters it ran with, and how good it was (0 to 1)."""

    id: str
    values: Mapping[str, Any]
    quality: float


class Learned(NamedTuple):
    """New values for the parameters of a function, those before, and why."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str


class Learner(Protocol):
    """Learns the parameters of functions."""

    def can_learn(self, function: str) -> bool:
        """Whether a function has parameters that may change."""

    def learn(self, function: str, judged: Sequence[Judged]) -> Learned | None:
        """Return better values and put them in force; None when none are known to be better."""


class TunerLearner:
    """The learner of a state folder: spaces of parameters by function, values in the store that `open_store` gives.

    With a replay - a function from values to a quality from 0 to 1, measured on recorded data - values are tried there
    first, and taken only when they do better. Without one the next values are tried in production.
    """

    def __init__(
        self,
        ledger: Ledger,
        open_store: Callable[[], contextlib.AbstractContextManager[LearningStore]],
        *,
        path: str = "",
    ) -> None:
        self._path = path
        self._ledger = ledger
        self._open = open_store
        self._spaces: dict[str, Space] = {}
        self._replays: dict[str, Replay] = {}

    def tune(self, function: str, parameters: Any, replay: Replay | None = None) -> None:
        """Say which parameters of a function may change: a Space, or Parameters and Choices. Kept in the ledger."""
        from dana_learning import Space

        space = parameters if isinstance(parameters, Space) else Space(parameters)
        self._spaces[function] = space
        if replay is not None:
            self._replays[function] = replay
        described = [_described(one) for one in space.parameters]
        if all(described):
            self._ledger.keep(f"space:{function}", described)

    def can_learn(self, function: str) -> bool:
        """Whether parameters of a function were declared, in this process or an earlier one, or are learned already."""
        if function in self._spaces or self._ledger.note(f"space:{function}") is not None:
            return True
        if self._path and not os.path.exists(self._path):
            return False
        with self._open() as store:
            learned = _learned_space(store, function)
        if learned is not None:
            self._spaces[function] = learned
        return learned is not None

    def learn(self, function: str, judged: Sequence[Judged]) -> Learned | None:
        """Return better values and put them in force; None when none are known to be better."""
        space = self._space(function)
        with self._open() as store:
            if function not in self._replays and (kept := _kept(store, function)) is not None:
                return _taught(kept, judged)
            now, _ = space.clip({**space.defaults(), **store.parameters(function, min_confidence=0.0)})
            tuner = _told(function, space, now, judged)
            replay = self._replays.get(function)
            found = _tried(tuner, now, replay) if replay is not None else _next(tuner, now)
            if found is None or found.after == dict(now):
                return None
            confidence = 0.9 if replay is not None else 0.5
            store.set_parameters(
                function, found.after, confidence=confidence, reason=found.reason, signature=space.signature()
            )
        return found

    def _space(self, function: str) -> Space:
        from dana_learning import Space

        if function not in self._spaces:
            self._spaces[function] = Space([_made(one) for one in self._ledger.note(f"space:{function}")])
        return self._spaces[function]


@contextlib.contextmanager
def learning_store(folder: str) -> Iterator[LearningStore]:
    """Open the learning store of a state folder, `learning.json` in it, and close it in the end."""
    from dana_learning import TinyStore

    os.makedirs(folder, mode=0o700, exist_ok=True)
    with TinyStore(path_in(folder)) as store:
        yield store


def _learned_space(store: LearningStore, function: str) -> Space | None:
    """Return the parameters that a tuner of the function was kept with, None without one."""
    kept = _kept(store, function)
    return kept.space if kept is not None else None


def _kept(store: LearningStore, function: str) -> KeptTuner | None:
    """Return the tuner by which a function learns itself, None without one."""
    from dana_learning import KeptTuner, ParameterError

    try:
        return KeptTuner.of(store, function)
    except ParameterError:
        return None


def _taught(kept: KeptTuner, judged: Sequence[Judged]) -> Learned | None:
    """Tell a function's own tuner what it has not heard yet; it serves other values when they are better by its own test."""
    before = kept.served()
    heard = {one.execution_id for one in kept.store.executions(kept.function)}
    for one in judged:
        if one.id not in heard:
            known = {name: one.values[name] for name in kept.space.names if name in one.values}
            values, _ = kept.space.clip({**before, **known})
            kept.record(values, one.quality, execution_id=one.id)
    kept.save()
    after = kept.served()
    if after == before:
        return None
    return Learned(before, after, kept.changes[-1].why if kept.changes else "better by its own test")


def _told(function: str, space: Space, now: Mapping[str, Any], judged: Sequence[Judged]) -> Tuner:
    from dana_learning import Tuner

    seed = int.from_bytes(hashlib.sha256(function.encode()).digest()[:4], "big")
    tuner = Tuner(space, seed=seed)
    for one in judged[-WINDOW:]:
        values, _ = space.clip({**now, **{name: one.values[name] for name in space.names if name in one.values}})
        tuner.observe(values, one.quality)
    tuner.decide()
    return tuner


def _next(tuner: Tuner, now: Mapping[str, Any]) -> Learned:
    """Return what to try in production next."""
    suggestion = tuner.suggest()
    for _ in range(TRIALS):
        if dict(suggestion.values) != dict(now):
            break
        tuner.observe(suggestion.id, 0.0)  # what runs now is what people complain about
        suggestion = tuner.suggest()
    return Learned(dict(now), dict(suggestion.values), suggestion.reason)


def _tried(tuner: Tuner, now: Mapping[str, Any], replay: Replay) -> Learned | None:
    """Return the values that did best on recorded data, None when none did better than those in force."""
    before = replay(now)
    tried = [(before, dict(now))]
    for _ in range(TRIALS):
        suggestion = tuner.suggest()
        quality = min(max(float(replay(suggestion.values)), 0.0), 1.0)
        tuner.observe(suggestion.id, quality)
        tried.append((quality, dict(suggestion.values)))
    best, values = max(tried, key=lambda one: one[0])
    if best < before + LEAST_GAIN:
        return None
    return Learned(dict(now), values, f"quality {best:.3f} instead of {before:.3f} on recorded data")


def _described(parameter: Any) -> dict[str, Any] | None:
    kind = type(parameter).__name__
    return {"kind": kind, **asdict(parameter)} if kind in {"Parameter", "Choice"} else None


def _made(described: Mapping[str, Any]) -> Any:
    import dana_learning

    words = {name: value for name, value in described.items() if name not in {"kind", "_"}}
    return getattr(dana_learning, described["kind"])(**words)
