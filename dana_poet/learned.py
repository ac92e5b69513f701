"""Learned parameters of functions in a state folder: what a call should use, and what it says about how good that was.

The store is `learning.json` in the folder (an append-only journal, made at the first record). Nothing here ever stops a
call: what cannot be read or written is one warning, and the call goes on with the last good values or the start.
"""

from __future__ import annotations

import os
import threading
import time
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from dana_poet import unwritable
from dana_poet.errors import PoetWarning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dana_learning import Attempt, Choice, Explained, KeptTuner, LearningStore, Parameter, Space, Structured

    Spec = Parameter | Choice | Structured
    Specs = Space | Sequence[Spec]

FILE = "learning.json"
"""The name of the store in a state folder."""
IDLE = 60.0
"""Seconds without a call after which what a function has learned is in the store alone, and no longer in memory."""


def path_in(folder: str | os.PathLike[str]) -> str:
    """Return the path of the store in a state folder.

    >>> path_in(".poet").replace(os.sep, "/")
    '.poet/learning.json'
    """
    return os.path.join(os.fspath(folder), FILE)


class LearnedParameters:
    """What the functions of a state folder have learned. Several threads and several programs may use one folder.

    `explore=False` only ever serves. `seed` makes runs repeatable.

    >>> import tempfile
    >>> from dana_learning import Parameter
    >>> specs = [Parameter("timeout", 30.0, 0.1, 60.0, unit="s", scale="log")]
    >>> with tempfile.TemporaryDirectory() as folder, LearnedParameters(folder) as learned:
    ...     values = learned.parameters_for("fetch", specs)
    ...     learned.record("fetch", values, 0.7)
    ...     learned.served("fetch", specs)
    {'timeout': 30.0}
    """

    def __init__(self, folder: str | os.PathLike[str], *, explore: bool = True, seed: int = 0) -> None:
        self.folder = os.fspath(folder)
        self.explore = explore
        self.seed = seed
        self.problem = ""
        self._store: LearningStore | None = None
        self._tuners: dict[str, KeptTuner] = {}
        self._used: dict[str, float] = {}
        self._rested = time.monotonic()
        self._good: dict[str, tuple[Space, dict[str, Any]]] = {}
        self._mutex = threading.RLock()
        self._said: set[str] = set()

    def parameters_for(
        self, function: str, specs: Specs, *, context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the values for one call: now and then others than those served, unless `explore` is off.

        ObservationError when `context` is no plain data, ParameterError of `dana_learning` when the specs make no sense.
        """
        return self._asked(function, specs, context, explore=self.explore)

    def served(self, function: str, specs: Specs, *, context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the values that are served: the start until others are better with a probability of 0.9."""
        return self._asked(function, specs, context, explore=False)

    def _asked(
        self, function: str, specs: Specs, context: Mapping[str, Any] | None, *, explore: bool
    ) -> dict[str, Any]:
        from dana_learning import Space

        space = specs if isinstance(specs, Space) else Space(specs)
        with self._mutex, self._goes_on(function):
            tuner = self._tuner(function, space)
            found = tuner.suggest(context) if explore else tuner.served(context)
            self._good[function] = space, tuner.tuner.served()
            return found
        known, values = self._good.get(function, (None, {}))
        return dict(values) if known == space else space.defaults()

    def record(
        self, function: str, values: Mapping[str, Any], quality: float, *, execution_id: str = "",
        context: Mapping[str, Any] | None = None, attempts: Sequence[Attempt] = (),
        metrics: Mapping[str, float] | None = None,
    ) -> None:  # fmt: skip
        """Say how good (0 to 1) a call with these values was, after `parameters_for` named its specs.

        ObservationError or ValuesError of `dana_learning` names what cannot be; what cannot be written is a warning.
        """
        with self._mutex, self._goes_on(function):
            tuner = self._tuners.get(function)
            if tuner is None:
                from dana_learning import KeptTuner

                tuner = self._tuners[function] = KeptTuner.of(self.store(), function)
            self._in_use(function)
            tuner.record(
                values, quality, execution_id=execution_id, context=context, attempts=attempts, metrics=metrics
            )

    def adopt(self, function: str, specs: Specs, change: Explained) -> Explained | None:
        """Serve what was shown to be better in another way; None when a person holds what is served, or it cannot be kept."""
        from dana_learning import Space

        space = specs if isinstance(specs, Space) else Space(specs)
        with self._mutex, self._goes_on(function):
            return self._tuner(function, space).adopt(change)
        return None

    def judged(self, function: str, execution_id: str, quality: float) -> None:
        """Keep that an execution was judged (quality 0 to 1), for people to see: nothing is learned from it here."""
        from dana_learning import ExecutionFeedback

        with self._mutex, self._goes_on(function):
            self.store().add_execution(ExecutionFeedback(execution_id, function, "", quality, {}))

    def rollback(self, function: str, version: int | None = None) -> str:
        """Serve an earlier set and hold it; return in words what was done. Errors are those of `KeptTuner.rollback`."""
        from dana_learning import KeptTuner

        with self._mutex:
            tuner = self._tuners.get(function) or KeptTuner.of(self.store(), function)
            self._tuners[function] = tuner
            self._in_use(function)
            return str(tuner.rollback(version))

    def store(self) -> LearningStore:
        """Return the open store; the folder is made.

        Where it cannot be opened, learning goes on in memory until the process ends, after a warning.
        """
        if self._store is None:
            from dana_learning import MemoryStore, StoreError

            try:
                self._store = self._opened()
            except (StoreError, OSError) as error:
                self._store = MemoryStore()
                self._failed("what is learned is not kept", error)
        return self._store

    def _opened(self) -> LearningStore:
        from dana_learning import TinyStore

        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            store = TinyStore(path_in(self.folder))
        for one in found:
            self._say(str(one.message))
        return store

    def _tuner(self, function: str, space: Space) -> KeptTuner:
        tuner = self._tuners.get(function)
        if tuner is None or tuner.space != space:
            from dana_learning import KeptTuner

            tuner = self._tuners[function] = KeptTuner(self.store(), function, space, seed=self.seed)
            if tuner.repaired:
                self._say(f"{function}: {tuner.repaired}")
        self._in_use(function)
        return tuner

    def _in_use(self, function: str) -> None:
        """Note that a function is in use, and leave others to the store that have not been for a while."""
        now = self._used[function] = time.monotonic()
        if now - self._rested < IDLE:
            return
        self._rested = now
        for other in [name for name, used in self._used.items() if now - used >= IDLE]:
            with self._goes_on(other):
                self._tuners[other].close()
                del self._tuners[other], self._used[other]

    @contextmanager
    def _goes_on(self, function: str) -> Iterator[None]:
        """Make one warning of what the store cannot do."""
        from dana_learning import StoreError

        try:
            yield
        except (StoreError, OSError) as error:
            self._failed(f"what {function} learns is not kept", error)

    def _failed(self, what: str, error: Exception) -> None:
        """Warn, unless somebody was told that the folder cannot be written."""
        self.problem = f"{what}: {error}"
        if told := unwritable.to_tell(self.folder, error, self.problem, what):
            self._say(told)

    def _say(self, problem: str) -> None:
        """Warn, each problem once."""
        self.problem = problem
        if problem not in self._said:
            self._said.add(problem)
            warnings.warn(problem, PoetWarning, stacklevel=2)

    def close(self) -> None:
        """Keep the state of every tuner and close the store; what cannot be kept is a warning."""
        with self._mutex:
            for function, tuner in self._tuners.items():
                with self._goes_on(function):
                    tuner.close()
            self._tuners.clear()
            self._used.clear()
            if self._store is not None:
                store, self._store = self._store, None
                with self._goes_on("everything"):
                    store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


_open: dict[str, LearnedParameters] = {}
_opening = threading.Lock()


def learned_in(folder: str | os.PathLike[str]) -> LearnedParameters:
    """Return this process's door to the learning of a state folder; it is closed when the process ends.

    >>> learned_in("some/.poet") is learned_in("some/.poet/")
    True
    """
    place = os.path.abspath(os.fspath(folder))
    with _opening:
        if not _open:
            import atexit

            atexit.register(close_all)
        if place not in _open:
            _open[place] = LearnedParameters(place)
        return _open[place]


def close_all() -> None:
    """Close every door that `learned_in` opened."""
    with _opening:
        for door in _open.values():
            door.close()
        _open.clear()
