"""Which functions may learn from which: the registry of shared knowledge, similar functions, and groups.

A function gives knowledge only when its owner opted in (flag `share`), and takes it only when its owner did
(`transfer`). What is given is an aggregate of at least five executions without any input; what is taken is a prior that
the target's own executions confirm or outweigh (`sharing.guided`), inside the target's bounds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from dana_learning.errors import ObservationError, ParameterError
from dana_learning.explain import Explained
from dana_learning.flags import FeatureFlags
from dana_learning.observation import finite, named
from dana_learning.parameter import Space
from dana_learning.sharing.guided import GuidedTuner
from dana_learning.sharing.knowledge import MINIMUM, Knowledge, SharingRefused, flat
from dana_learning.sharing.priors import KnowledgePrior, Translation
from dana_learning.sharing.similarity import Similarity, of_signatures, of_spaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from dana_learning.online.settings import TunerSettings
    from dana_learning.online.tuner import Tuner
    from dana_learning.store import LearningStore

    Array = NDArray[np.float64]

ENOUGH = 0.4
"""Similarity from which knowledge is offered."""
STATE = "shared/"
"""How names of shared knowledge begin in a store."""


@dataclass(frozen=True, slots=True)
class SimilarFunction:
    """A function that shares, how similar it is, and how many executions its knowledge stands for."""

    function: str
    similarity: Similarity
    executions: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """Knowledge on its way into a target: make its tuner with it. `explained` says what was taken and from whom."""

    target: str
    space: Space
    sources: tuple[SimilarFunction, ...]
    prior: KnowledgePrior
    explained: Explained

    def tuner(self, *, seed: int = 0, settings: TunerSettings | None = None) -> GuidedTuner:
        """Return a tuner that starts from it."""
        return GuidedTuner(self.space, prior=self.prior, seed=seed, settings=settings)


class GroupValues(dict[str, dict[str, Any]]):
    """The values of each function of a group by name; `skipped` says by name why a member has none."""

    def __init__(self, *given: Any, skipped: Mapping[str, str] | None = None) -> None:
        super().__init__(*given)
        self.skipped = dict(skipped or {})

    def __str__(self) -> str:
        return "; ".join([dict.__repr__(self), *(f"skipped: {why}" for why in self.skipped.values())])


@dataclass(frozen=True, slots=True)
class _Registered:
    space: Space
    signature: str
    knowledge: Knowledge | None = None


class IntelligenceRegistry:
    """Functions, what they share, and who may take it. With a `store`, knowledge outlives the program.

    >>> from dana_learning import Parameter, Tuner
    >>> flags = FeatureFlags.from_mapping({"fetch": {"share": True}, "fetch_page": {"transfer": True}})
    >>> registry = IntelligenceRegistry(flags=flags)
    >>> space = Space([Parameter("timeout", 9.0, 0.0, 10.0, unit="s")])
    >>> registry.register("fetch", space, signature="fetch(url: str) -> str")
    >>> registry.register("fetch_page", space, signature="fetch_page(url: str) -> str")
    >>> source = Tuner(space, seed=1)
    >>> for _ in range(15):
    ...     trial = source.suggest()
    ...     source.observe(trial.id, 1 - abs(trial.values["timeout"] - 3) / 10)
    >>> _ = registry.contribute("fetch", source)
    >>> [one.function for one in registry.find_similar_functions("fetch_page")]
    ['fetch']
    >>> tuner = registry.share_learning("fetch", "fetch_page").tuner(seed=2)
    """

    def __init__(
        self, store: LearningStore | None = None, *, flags: FeatureFlags | None = None, minimum: int = MINIMUM
    ) -> None:
        self.store = store
        self.flags = flags or FeatureFlags()
        self.minimum = max(int(finite("minimum", minimum, 1)), MINIMUM)
        self._known: dict[str, _Registered] = {}

    def register(self, function: str, space: Space, *, signature: str = "") -> None:
        """Make a function known: its parameter space and its signature as text. Nothing that it learned is shared by that."""
        found = _Registered(space, signature)
        if self.store is not None and self.flags.may(named("function", function), "share"):
            knowledge = _read(self.store.load_state(STATE + function))
            if knowledge is not None and knowledge.space.signature() == flat(space).signature():
                found = replace(found, knowledge=knowledge)
        self._known[function] = found

    def contribute(self, function: str, tuner: Tuner) -> Knowledge:
        """Share what a function's tuner knows. SharingRefused unless its owner opted in and enough executions stand behind it."""
        entry = self._entry(function)
        if not self.flags.may(function, "share"):
            hint = 'set its flag "share"'
            raise SharingRefused(f"the owner of {function!r} did not opt in to sharing", field="share", hint=hint)
        if tuner.space.signature() != entry.space.signature():
            raise SharingRefused(f"the tuner is not of {function!r}", field="tuner", expected="one of the same space")
        knowledge = Knowledge.of(function, tuner, minimum=self.minimum)
        self._known[function] = replace(entry, knowledge=knowledge)
        if self.store is not None:
            self.store.save_state(STATE + function, knowledge.to_dict())
        return knowledge

    def withdraw(self, function: str) -> None:
        """Forget what a function shared, here and in the store. Tuners that already learned from it go on."""
        self._known[function] = replace(self._entry(function), knowledge=None)
        if self.store is not None and STATE + function in self.store.state_names():
            self.store.save_state(STATE + function, {})

    def similarity(self, source: str, target: str, *, own: Tuner | None = None) -> Similarity:
        """Return how similar two functions are; behaviour counts when both are known, of the target from its `own` tuner."""
        one, other = self._entry(source), self._entry(target)
        names = of_signatures(one.signature, other.signature) if one.signature and other.signature else None
        theirs, ours = one.knowledge, other.knowledge
        if own is not None:
            ours = None if own.explain().executions < MINIMUM else Knowledge.of(target, own)
        alike = None if theirs is None or ours is None else behaviour(ours, theirs)
        return Similarity(names, of_spaces(other.space, one.space), alike)

    def find_similar_functions(
        self, function: str, *, own: Tuner | None = None, minimum: float = ENOUGH, limit: int = 5
    ) -> list[SimilarFunction]:
        """Return the functions that share knowledge a function may use, the most similar first."""
        found = [
            SimilarFunction(name, self.similarity(name, function, own=own), entry.knowledge.count)
            for name, entry in self._known.items()
            if name != function and entry.knowledge is not None and self.flags.may(name, "share")
        ]
        close = [one for one in found if one.similarity.score >= minimum]
        return sorted(close, key=lambda one: (-one.similarity.score, one.function))[:limit]

    def share_learning(self, source: str, target: str, *, own: Tuner | None = None) -> Transfer:
        """Return knowledge of one function for another; SharingRefused says why not."""
        if self._entry(source).knowledge is None or not self.flags.may(source, "share"):
            hint = "its owner opts in, then contribute() it"
            raise SharingRefused(f"{source!r} shares nothing", field="source", hint=hint)
        found = SimilarFunction(source, self.similarity(source, target, own=own), self._shared(source).count)
        if found.similarity.score < ENOUGH:
            message = f"{source!r} is not similar enough to {target!r}: {found.similarity}"
            raise SharingRefused(message, field="similarity", expected=f"at least {ENOUGH}")
        return self._transfer(target, [found])

    def transfer(self, target: str, *, own: Tuner | None = None) -> Transfer | None:
        """Return the pooled knowledge of all similar functions for a target; None when there is none."""
        found = self.find_similar_functions(target, own=own)
        return self._transfer(target, found) if found else None

    def _transfer(self, target: str, found: list[SimilarFunction]) -> Transfer:
        if not self.flags.may(target, "transfer"):
            hint = 'set its flag "transfer"'
            raise SharingRefused(f"the owner of {target!r} did not opt in to taking over", field="transfer", hint=hint)
        space = self._entry(target).space
        prior = KnowledgePrior(space, [(self._shared(one.function), one.similarity.score) for one in found])
        start, best = prior(space.encode(space.defaults())[None])[0], prior(prior.best[None])[0]
        names = ", ".join(f"{one.function} ({one.similarity})" for one in found)
        explained = Explained(
            learner="transfer", function=target, before=space.defaults(), after=space.decode(prior.best),
            why=f"similar functions know this to be good: {names}; a prior only, its own executions decide",
            expected_gain=float(best - start), probability=prior.trust, evidence=sum(one.executions for one in found),
            counterfactual=f"a quality of {start:.3f} is expected of the start", revert="a Tuner without this prior",
        )  # fmt: skip
        return Transfer(target, space, tuple(found), prior, explained)

    def collaborative_optimization(self, group: Iterable[str]) -> GroupValues:
        """Return for each function of a group the values that are best by what all of them know together.

        Each counts the others by their similarity to it, and itself fully. Who shares nothing is left out; `skipped` of
        the result says who and why. SharingRefused when nobody is left.
        """
        members = sorted(set(group))
        skipped = {name: why for name in members if (why := self._silent(name))}
        names = [name for name in members if name not in skipped]
        if not names:
            why = "; ".join(skipped.values()) or "the group is empty"
            raise SharingRefused(
                f"nobody of {members} shares anything: {why}", field="group", hint="contribute() first"
            )
        found = GroupValues(skipped=skipped)
        for name in names:
            close = [(other, self.similarity(other, name).score) for other in names if other != name]
            sources = [(self._shared(other), score) for other, score in close if score >= ENOUGH]
            space = self._entry(name).space
            prior = KnowledgePrior(space, [(self._shared(name), 1.0), *sources])
            found[name] = space.check(space.decode(prior.best))
        return found

    def _silent(self, function: str) -> str:
        """Return why a function shares nothing, "" when it does."""
        if self._entry(function).knowledge is None:
            return f"{function!r} contributed nothing"
        return "" if self.flags.may(function, "share") else f"the owner of {function!r} did not opt in to sharing"

    def _shared(self, function: str) -> Knowledge:
        knowledge = self._entry(function).knowledge
        if knowledge is None or not self.flags.may(function, "share"):
            raise SharingRefused(f"{function!r} shares nothing", field="source")
        return knowledge

    def _entry(self, function: str) -> _Registered:
        if function not in self._known:
            wanted = f"one of {sorted(self._known)}"
            raise ParameterError(f"{function!r} is not registered", field="function", expected=wanted)
        return self._known[function]


class CrossFunctionLearning:
    """The same by the names of the design: similarity of two signatures, transfer above a threshold, groups."""

    def __init__(self, registry: IntelligenceRegistry | None = None) -> None:
        self.registry = registry or IntelligenceRegistry()

    @staticmethod
    def compute_function_similarity(left: str, right: str) -> float:
        """Return how similar two signatures are, 0 to 1."""
        return of_signatures(left, right)

    def transfer_learned_parameters(
        self, source: str, target: str, confidence_threshold: float = 0.8
    ) -> Transfer | None:
        """Return knowledge for a target, None when the functions are less similar than the threshold."""
        similar = self.registry.similarity(source, target)
        return self.registry.share_learning(source, target) if similar.score >= confidence_threshold else None

    def collaborative_optimization(self, group: Iterable[str]) -> GroupValues:
        """Return the values that are best for each function by what all of them know together."""
        return self.registry.collaborative_optimization(group)


def _read(kept: Mapping[str, Any] | None) -> Knowledge | None:
    """Return kept knowledge; None when there is none, or when somebody spoiled it."""
    try:
        return Knowledge.from_dict(kept) if kept else None
    except ObservationError:
        return None


def behaviour(ours: Knowledge, theirs: Knowledge) -> float:
    """Return how alike quality responds: the correlation of both expectations at our points, 0 when negative."""
    there = theirs.expected(Translation(ours.space, theirs.space).rows(ours.points, theirs.best))
    weights = 1.0 / (np.square(ours.deviations) + 1e-4)
    one = ours.means - np.average(ours.means, weights=weights)
    other = there - np.average(there, weights=weights)
    spread = float(np.sqrt((weights @ np.square(one)) * (weights @ np.square(other))))
    return max(float(weights @ (one * other)) / spread, 0.0) if spread > 1e-12 else 0.0
