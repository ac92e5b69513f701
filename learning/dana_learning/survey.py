"""What a store knows about the learning of a function, to look at: nothing is changed, and no learner is made."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dana_learning.errors import LearningError
from dana_learning.explain import Explained
from dana_learning.kept import STATE
from dana_learning.kinds import Choice, Parameter
from dana_learning.parameter import Space
from dana_learning.records import ParameterSet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_learning.store import LearningStore


@dataclass(frozen=True, slots=True)
class Overview:
    """One function: what is served, since when and why. `space` is None when nobody declared one in this store.

    `executions` counts those that were recorded, the aggregated ones among them; `held` says that a person set what is
    served; `problem` why the learner's state cannot be read, "" when it can.
    """

    function: str
    space: Space | None
    sets: tuple[ParameterSet, ...]
    changes: tuple[Explained, ...]
    executions: int
    held: bool
    problem: str = ""

    @property
    def served(self) -> dict[str, Any]:
        """The values that are served."""
        known = {} if self.space is None else self.space.defaults()
        return {**known, **(self.sets[-1].values if self.sets else {})}

    @property
    def newest(self) -> ParameterSet | None:
        """The set that is served, None when nothing ever was."""
        return self.sets[-1] if self.sets else None

    @property
    def start(self) -> dict[str, Any]:
        """The values before anything was learned, {} when that is not known."""
        return {} if self.space is None else self.space.defaults()

    def bounds(self, name: str) -> str:
        """Return in words what a parameter may be; "" when that is not known."""
        if self.space is None or name not in self.space.names:
            return ""
        match self.space[name]:
            case Parameter() as one:
                unit = f" {one.unit}" if one.unit else ""
                return f"{one.low:g} to {one.high:g}{unit}"
            case Choice() as one:
                return " | ".join(str(option) for option in one.options)
            case one:
                return f"{len(one.parts)} parts"

    def explained(self, version: int) -> Explained | None:
        """Return why a set is served, as its learner said it; None for sets that no learner of this store made."""
        return next((one for one in self.changes if one.details.get("version") == version), None)


def overview(store: LearningStore, function: str) -> Overview:
    """Return what is known about a function.

    >>> from dana_learning import KeptTuner, MemoryStore
    >>> store = MemoryStore()
    >>> tuner = KeptTuner(store, "fetch", Space([Parameter("timeout", 30, 1, 60, unit="s")]))
    >>> tuner.save()
    >>> seen = overview(store, "fetch")
    >>> seen.served, seen.bounds("timeout"), seen.executions
    ({'timeout': 30.0}, '1 to 60 s', 0)
    """
    sets = tuple(store.parameter_sets(function))
    gone = sum(one.count for one in store.aggregates(function))
    executions = gone + len(store.executions(function))
    problem = ""
    space, changes, held = None, tuple[Explained, ...](), False
    try:
        state = store.load_state(STATE + function)
        if state is not None:
            space = Space.from_dict(state["space"])
            changes = tuple(Explained.from_dict(one) for one in state["changes"])
            held = bool(state["tuner"]["held"])
    except (LearningError, KeyError, TypeError, ValueError) as error:
        problem = f"the state of the learner cannot be read ({type(error).__name__}: {error})"
    return Overview(function, space or _declared(sets), sets, changes, executions, held, problem)


def overviews(store: LearningStore) -> list[Overview]:
    """Return what is known about every function of a store, by name."""
    learners = {name.removeprefix(STATE) for name in store.state_names() if name.startswith(STATE)}
    return [overview(store, name) for name in sorted({*store.functions(), *learners})]


def _declared(sets: tuple[ParameterSet, ...]) -> Space | None:
    """Return the space that the signature of the newest set describes; its first set is taken as the start."""
    if not sets or not sets[-1].signature:
        return None
    try:
        described: Mapping[str, Mapping[str, Any]] = json.loads(sets[-1].signature)
        parameters: list[Parameter | Choice] = []
        for name, one in described.items():
            if one["kind"] == "choice":
                options = tuple(one["options"])
                parameters.append(Choice(name, _first(sets, name, options[0]), options))
            elif one["kind"] in {"number", "integer"}:
                known = Parameter(
                    name, one["low"], one["low"], one["high"], scale=one["scale"], integer=one["kind"] == "integer"
                )
                start = known.clip(_first(sets, name, one["low"]))
                parameters.append(
                    Parameter(name, start, one["low"], one["high"], scale=one["scale"], integer=known.integer)
                )
        return Space(parameters) if parameters else None
    except (LearningError, KeyError, TypeError, ValueError, AttributeError):
        return None


def _first(sets: tuple[ParameterSet, ...], name: str, otherwise: Any) -> Any:
    return sets[0].values.get(name, otherwise)
