"""Learned parameters of one `@poet` function: what its calls use, what they report, and who hears the verdicts.

A call only puts its record into a queue. A thread tells `dana_learning` what the calls brought, asks for the next
values and puts them in force: parameters of Operate in the stages, parameters of the function as its defaults.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections import OrderedDict, deque
from typing import TYPE_CHECKING, Any, NamedTuple

from dana_poet import unwritable
from dana_poet.domains.domain import OPERATING
from dana_poet.errors import PoetOptionError, warn
from dana_poet.runtime import executions
from dana_poet.stages.learnable import specs_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_poet.stages.build import Built
    from dana_poet.stages.poet import Poet

EXPLORING = frozenset({"online", "hybrid", "continuous"})
"""Modes that try other values in calls; "batch" learns when `dana-poet learn run` or an orchestrator does."""
REMEMBERED = 10_000
"""Executions whose values are remembered for a verdict."""
TRIED_CALLS = 5
"""Calls that use values which are tried; then those that are served come back until there was something to learn."""
WAIT = 0.2
"""Seconds between two looks of the thread at what calls brought."""
WORST = 0.3
"""What a call that succeeds loses of its quality when it takes its whole deadline."""
USUAL_DEADLINE = 30.0


class Report(NamedTuple):
    """What one call says about the values it ran with: how good it was, 0 to 1."""

    values: Mapping[str, Any]
    quality: float
    execution_id: str


class Learning:
    """Learns the parameters of one function. `values` are in force now."""

    def __init__(self, poet: Poet, built: Built, folder: str, specs: tuple[Any, ...], mode: str) -> None:
        self._poet = weakref.ref(poet)
        self.name = built.trainer.function_name()
        self.folder, self.specs, self.mode = folder, specs, mode
        self.names = frozenset(one.name for one in specs)
        self.values: dict[str, Any] = {}
        self.served: dict[str, Any] = {}
        self._left = 0
        self.judges = bool(self.names - OPERATING)
        self._used: OrderedDict[str, Mapping[str, Any]] = OrderedDict()
        self._reports: deque[Report] = deque(maxlen=REMEMBERED)
        self._owner = 0
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._broken = False

    def start(self) -> None:
        """Put in force what is served, and hear of verdicts from now on."""
        self.refresh()
        _known[self.name] = self
        if _hear not in executions.listeners:
            executions.listeners.append(_hear)

    def _door(self) -> Any:
        from dana_poet.learned import learned_in

        return learned_in(self.folder)

    # What calls and verdicts bring.

    def called(self, record: Mapping[str, Any]) -> None:
        """Take the record of a call. How fast and how surely it went tells about the parameters of Operate."""
        execution = str(record["execution_id"])
        self._used[execution] = self.values
        if self._left:
            self._left -= 1
            if not self._left and self.values != self.served:
                self.back()
        if len(self._used) > REMEMBERED:
            self._used.popitem(last=False)
        if not self.judges:
            self._tell(Report(self.values, self.quality(record), execution))

    def quality(self, record: Mapping[str, Any]) -> float:
        """Return how good a call was: 0 for a failure, less than 1 for one that took long.

        With metrics of the domain that have a goal it is their weighed mean.
        """
        if not record["success"]:
            return 0.0
        poet = self._poet()
        limit = float((poet.settings.get("timeout") if poet is not None else None) or USUAL_DEADLINE)
        return 1.0 - WORST * min(1.0, float(record["seconds"]) / limit)

    def took(self, record: Mapping[str, Any], given: Mapping[str, Any], result: Any) -> None:
        """Take what went into a call that returned and what came out: nothing, but for learning by replay."""

    def heard(self, execution: str, event: Any) -> None:
        """Take an event about an execution, which may be a verdict on it."""
        from dana_poet.runtime.feedback import quality as said_of

        quality = said_of(event)
        if quality is not None:
            self.judged(execution, quality)

    def judged(self, execution: str, quality: float) -> None:
        """Take a verdict (0 to 1) on an execution of this process."""
        values = self._used.get(execution)
        if values is not None:
            self._tell(Report(values, quality, execution))

    def _tell(self, report: Report) -> None:
        self._reports.append(report)
        if self._owner != os.getpid():
            with self._lock:
                if self._owner != os.getpid():
                    self._owner = os.getpid()
                    threading.Thread(target=_work, args=(weakref.ref(self),), name="poet-learning", daemon=True).start()
        self._wake.set()

    # What the thread does.

    def learn(self) -> int:
        """Tell what was brought, and put the next values in force; return how many reports there were."""
        door, count = self._door(), 0
        while self._reports:
            report = self._reports.popleft()
            door.record(self.name, report.values, report.quality, execution_id=report.execution_id)
            count += 1
        if count:
            before, self.served = self.served, dict(door.served(self.name, self.specs))
            if self.served != before:
                self.write_down()
            tried = door.parameters_for(self.name, self.specs) if self.mode in EXPLORING else self.served
            self._left = TRIED_CALLS
            self._take(tried)
        return count

    def write_down(self) -> None:
        """Write what is served, since when and why into `<name>_params.json`, beside the versions, for people to read."""
        from dana_poet.stages.params_file import write

        poet = self._poet()
        lifecycle = poet.lifecycle if poet is not None else None
        if lifecycle is not None:
            found = self._door().store().parameter_sets(self.name, limit=1)
            write(lifecycle.history.file_of("params.json"), self.name, lifecycle.number, self.specs, found)

    def sets(self) -> list[Any]:
        """Return the sets of parameters that were served, the newest first; empty where they cannot be read."""
        try:
            return list(self._door().store().parameter_sets(self.name))
        except Exception:  # noqa: BLE001 - a store that fails was warned of; there is nothing to tell
            return []

    def back(self) -> None:
        """Let calls use what is served again. Defaults of the function change at once, the stages with the next values."""
        poet = self._poet()
        if poet is None or not poet.put_defaults(self.served):
            return
        self.values = dict(self.served)

    def refresh(self) -> None:
        """Put in force what is served now: somebody else has learned, or taken something back."""
        self.served = dict(self._door().served(self.name, self.specs))
        self._take(self.served)

    def wait(self, seconds: float = 5.0) -> bool:
        """Learn from all that was brought, now; return whether nothing is left."""
        end = time.monotonic() + seconds
        while self._reports and time.monotonic() < end:
            self.guarded()
        return not self._reports

    def guarded(self) -> None:
        """Learn; what goes wrong is one PoetWarning, and the values stay as they are."""
        try:
            with self._lock:
                self.learn()
        except Exception as problem:  # noqa: BLE001 - learning may fail in any way, and no call may suffer from it
            self._reports.clear()
            if not self._broken:
                self._broken = True
                poet = self._poet()
                if told := unwritable.to_tell(self.folder, problem, f"{self.name} learns nothing now: {problem}"):
                    warn(told, poet.function if poet is not None else None)

    def _take(self, values: Mapping[str, Any]) -> None:
        poet = self._poet()
        if poet is None or dict(values) == self.values:
            return
        self.values = dict(values)
        poet.learn(self.values)

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be learned from."""
        return not self._reports


_known: weakref.WeakValueDictionary[str, Learning] = weakref.WeakValueDictionary()


def known() -> list[Learning]:
    """Return the learning of all functions of this process."""
    return list(_known.values())


def learning_of(built: Built, folder: str | None) -> Learning | None:
    """Return the learning of a function that asks for one, None for any other. PoetOptionError for wrong `parameters`."""
    mode = built.poet.flat.get("learning")
    mode = "online" if mode is True else mode
    if isinstance(mode, dict):
        mode = mode.get("mode", "online")
    if not mode or mode == "off" or folder is None or not built.poet.enabled("learning"):
        return None
    specs = specs_of(built.plan, built.poet.options, built.inputs.defaults)
    if not specs:
        return None
    if not isinstance(mode, str):
        raise PoetOptionError(f"learning is {mode!r}", hint='learning="online"')
    from dana_poet.stages.replay import ReplayLearning, replays

    kind = ReplayLearning if replays(built, mode) else Learning
    return kind(built.poet, built, folder, specs, mode)


def observe(poet: Poet, record: Mapping[str, Any]) -> None:
    """Hand the record of a call to the learning of its function."""
    if poet.learning is not None:
        poet.learning.called(record)


def _hear(ids: tuple[str, ...], event: Any) -> None:
    """Hand a verdict to the functions whose executions it is about."""
    for execution in ids:
        for learning in known():
            learning.heard(execution, event)


def _work(of: weakref.ref[Learning]) -> None:
    """Learn now and then, until nobody needs it: the thread of one function."""
    while (learning := of()) is not None:
        learning._wake.wait(60.0)  # noqa: SLF001 - its own thread
        learning._wake.clear()  # noqa: SLF001 - its own thread
        learning.guarded()
        del learning
        time.sleep(WAIT)
