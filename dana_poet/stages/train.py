"""Train: what is told of each call, to the function's own hook and to the event store; the seam to learning."""

from __future__ import annotations

import contextlib
import os
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaError, warn
from dana_poet.runtime import executions, place
from dana_poet.settings import settings_in_force

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_poet.codegen.original import Original
    from dana_poet.codegen.template_plan import Plan
    from dana_poet.stages.perceive import Inputs
    from dana_poet.stages.poet import Poet

COMPLETED = "poet.execution.completed"
# Asked at every call: a look into what `os.environ` wraps costs a tenth of asking itself.
_ENVIRONMENT: Any = getattr(os.environ, "_data", os.environ)
_STATE_DIR: Any = os.environ.encodekey("DANA_STATE_DIR") if _ENVIRONMENT is not os.environ else "DANA_STATE_DIR"
WAITING = 1000
"""Records of a function that wait in memory while its folder cannot be written."""
observers: list[Callable[[Poet, Mapping[str, Any]], None]] = []
"""Called with `fn.poet` and the record of every call that is told: where learning takes part."""


class Trainer:
    """Tells the calls of one function. Whatever goes wrong here is one warning, and never the call's own business."""

    def __init__(self, poet: Poet, plan: Plan, inputs: Inputs, original: Original | None) -> None:
        self.poet, self.plan, self.inputs, self.original = poet, plan, inputs, original
        hook = poet.flat.get("train")
        self.hook: Callable[[dict[str, Any]], object] | None = hook if callable(hook) else None
        self.version: int | None = None
        self.goals = poet.objectives
        self.name = self.function_name()
        self.inputs_told = bool(poet.flat.get("record_inputs"))
        self._broken = self._warned = False
        self._waiting: deque[tuple[float, dict[str, Any]]] | None = None
        self._store: Any = None
        self._folder: str | None = None
        self._named: object = self  # what decided the folder: looking for settings costs more than the call

    def completed(
        self, execution: int, started: float, result: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Tell a call that returned."""
        self.tell(execution, started, args, kwargs, None, result)

    def failed(
        self, execution: int, started: float, error: BaseException, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Tell a call that raised."""
        self.tell(execution, started, args, kwargs, error, None)

    def ended(
        self, execution: int, started: float, args: tuple[Any, ...], kwargs: dict[str, Any],
        error: BaseException | None = None,
    ) -> None:  # fmt: skip
        """Tell a generator that came to its end."""
        if self.plan.told:
            self.tell(execution, started, args, kwargs, error, None)

    def tell(
        self, execution: int, started: float, args: tuple[Any, ...], kwargs: dict[str, Any],
        error: BaseException | None, result: Any,
    ) -> None:  # fmt: skip
        """Hand the record of a call to the hook, the observers and the store."""
        record = self.record(execution, self.poet.clock() - started, args, kwargs, error)
        try:
            if self.goals and error is None:
                record.update(self.measured(result, record, args, kwargs))
            if self.hook is not None:
                self.hook(record)
            for observer in observers:
                observer(self.poet, record)
            if self.poet.learning is not None and error is None:
                given = {**self.inputs.defaults, **self.inputs.by_name(args, kwargs)}
                self.poet.learning.took(record, given, result)
        except Exception as problem:  # noqa: BLE001 - telling must not cost the caller the result
            self.warn(problem)
        try:
            self.publish(record)
        except Exception as problem:  # noqa: BLE001 - as above
            self.warn(problem)
            self.stop()

    def record(
        self, execution: int, seconds: float, args: tuple[Any, ...], kwargs: dict[str, Any], error: BaseException | None
    ) -> dict[str, Any]:
        """Return what is told of a call; arguments only where `record_inputs=True` asks for them."""
        record: dict[str, Any] = {
            "execution_id": executions.text(execution), "function": self.name, "version": executions.served.pop(execution, self.version),
            "success": error is None, "seconds": seconds,
        }  # fmt: skip
        if error is not None:
            record["error"] = type(error).__name__
        if self.poet.learned:
            record["params"] = dict(self.poet.learned)
        if self.inputs_told:
            given = self.inputs.by_name(args, kwargs)
            redact = self.plan.domain.redact
            shown = redact(given) if redact is not None else {} if self.plan.domain.private else given
            record["inputs"] = {name: _plain(value) for name, value in shown.items() if name not in ("self", "cls")}
        return record

    def measured(self, result: Any, record: Mapping[str, Any], args: Any, kwargs: Any) -> dict[str, Any]:
        """Return the domain's metrics of a result."""
        call = self.inputs.call(self.inputs.by_name(args, kwargs), seconds=record["seconds"])
        found = self.plan.domain.measure(result, call)
        return {"metrics": found} if found else {}

    def function_name(self) -> str:
        """Return `module.qualname`."""
        function = self.poet.function
        name = getattr(function, "__qualname__", f"{self.poet.owner}.{self.plan.shape.name}".lstrip("."))
        return f"{executions.module_name(function)}.{name}".lstrip(".")

    def publish(self, record: dict[str, Any], at: float | None = None) -> None:
        """Append the record to the event store beside the function; `at` is when the call was, if not now."""
        if self._waiting is not None:
            self._waiting.append((time.time() if at is None else at, record))
            return
        folder = None if self._broken else self.folder()
        if folder is None:
            return
        if self._store is None or self._store.closed:
            from dana_poet.events import session_store

            self._store = session_store(folder)
        self._store.record(COMPLETED, record, at)

    def folder(self) -> str | None:
        """Return the state folder of this call: looked for again when the run, the settings or DANA_STATE_DIR change."""
        if self.poet.home is not None:
            return self.poet.home.kept()
        here = place.current()
        named = (_ENVIRONMENT.get(_STATE_DIR), settings_in_force()) if here is None else here.path
        if named != self._named:
            self._named, self._store = named, None
            self._folder = folder_of(self.original)
        return self._folder

    def warn(self, problem: Exception) -> None:
        """Say once that telling does not work."""
        if not self._warned:
            self._warned = True
            warn(f"calls of {self.name} cannot be recorded: {problem}; it works as before")

    def stop(self) -> None:
        """Store nothing any more."""
        self._broken = True

    def wait(self) -> None:
        """Keep records in memory, the newest: the folder cannot be written now, and a person was told."""
        self._waiting = deque(self._waiting or (), maxlen=WAITING)

    def go_on(self) -> None:
        """Store what waits, with the times of the calls: the folder can be written again."""
        waiting, self._waiting = self._waiting, None
        for at, record in waiting or ():
            self.publish(record, at)

    def flush(self) -> None:
        """Write what was stored last, at the end of the process; what cannot be written now was told already."""
        if self._store is not None:
            with contextlib.suppress(DanaError):
                self._store.flush()


def folder_of(original: Original | None) -> str | None:
    """Return the state folder for a function: that of the run, of DANA_STATE_DIR, else `.poet` beside its file.

    None where there is no file, and in a run that may keep nothing.
    """
    here = place.current()
    if here is not None:
        folder = here.belongings.get("folder")  # that of a sandboxed program is its host's
        return here.path if folder is None or folder.keeps_events else None
    from dana_poet.settings import current_settings

    named = current_settings().state.dir
    if named:
        return named
    if original is None or not original.file or not os.path.isfile(original.file):
        return None
    return os.path.join(os.path.dirname(os.path.abspath(original.file)), ".poet")


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold: itself, or a short text."""
    if isinstance(value, (str, int, float, bool, type(None))):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value[:100]]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in list(value.items())[:100]}
    return repr(value)[:200]
