"""A hardened child that keeps its state between requests: trusted code in it answers, and may run code that is not.

    service = Service("package.module:serve", policy, options={...}, capabilities={"read": read}, paths=(...))
    outcome = service.ask({"do": "this"})
    service.close()

`serve(channel)` is imported by the process that children are forked from, before anything is confined, and hands
over to `handling.serve_handler`. It has no files afterwards: whatever it needs later it has to import as well.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Self

from dana_sandbox import handling, messages
from dana_sandbox.attempt import unmet
from dana_sandbox.crossing import BadMessage, CannotCross, Limits
from dana_sandbox.errors import scrub
from dana_sandbox.outcome import RunError, RunOutcome
from dana_sandbox.pool import DeadlinePassed, IsolationMissing, Pool, Settings, TooLarge, Worker, WorkerDied
from dana_sandbox.verdict import Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_sandbox.outcome import Status
    from dana_sandbox.policy import SandboxPolicy

QUESTION_BYTES = 1024 * 1024
_LETTER = 1

_pools: dict[tuple[str, tuple[str, ...]], Pool] = {}
_pools_lock = threading.Lock()


def _pool(serve: str, paths: tuple[str, ...]) -> Pool:
    """Return the pool of children that run `serve`: they share one process to be forked from."""
    with _pools_lock:
        found = _pools.get((serve, paths))
        if found is None:
            found = _pools[serve, paths] = Pool(Settings(serve=serve, paths=paths))
        return found


class Ended(Exception):  # noqa: N818 - what happened
    """The child is gone; `status` is that of the outcome."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status: Status = status


class Service:
    """One child with a handler in it, for as long as it lives. One request at a time; any thread may ask.

    `capabilities` are host functions of one plain value that the child may ask by name, `policy.capability_calls`
    times for each request; the time they take is not the program's. One that raises Ended ends the child. The child is started with the first request and
    is gone after the first outcome that is not `ok`: then every further request is `crashed`.
    """

    def __init__(
        self, serve: str, policy: SandboxPolicy, *, options: object = None,
        capabilities: Mapping[str, Callable[[Any], object]] | None = None, paths: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self._serve, self._policy, self._options, self._paths = serve, policy, options, paths
        self._capabilities = dict(capabilities or {})
        self._limits = Limits(policy.result_bytes, policy.value_nodes, policy.value_depth)
        self._worker: Worker | None = None
        self._lock = threading.Lock()
        self._over = ""

    @property
    def is_open(self) -> bool:
        """Whether it can still be asked."""
        return not self._over

    def ask(self, request: object, *, wall_seconds: float | None = None) -> RunOutcome:
        """Return what the handler says to a request, or how the child ended. PoolError at the start.

        It is rejected where a layer that `policy.require` names is not to be had.
        """
        with self._lock:
            started = time.monotonic()
            if self._over:
                return RunOutcome(status="crashed", error=RunError("Closed", self._over))
            try:
                data = messages.encode(request, handling.OPENING)
            except CannotCross as problem:
                violation = Violation(0, 0, "input", str(problem), problem.hint)
                return RunOutcome(status="rejected", violations=(violation,))
            try:
                value = self._asked(data, wall_seconds or self._policy.wall_seconds)
            except IsolationMissing as problem:
                self._over = str(problem)
                return unmet(problem)
            except Ended as ended:
                return self._outcome(ended.status, started, error=RunError(ended.status, str(ended)))
            except BaseException:
                self._end("it was interrupted")
                raise
            return self._outcome("ok", started, value=value)

    def close(self) -> None:
        """End the child. It may be called again."""
        self._end("it is closed")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _outcome(
        self, status: Status, started: float, *, value: Any = None, error: RunError | None = None
    ) -> RunOutcome:
        worker = self._worker
        layers = worker.layers if worker is not None else ()
        usage = self._end(error.message) if error is not None else None
        return RunOutcome(
            status=status, value=value, error=error, seconds=time.monotonic() - started, isolation=layers,
            cpu_seconds=usage.cpu_seconds if usage else 0.0, peak_bytes=usage.peak_bytes if usage else 0,
        )  # fmt: skip

    def _end(self, why: str) -> Any:
        self._over = self._over or why
        worker, self._worker = self._worker, None
        return worker.end() if worker is not None else None

    def _asked(self, data: bytes, seconds: float) -> Any:
        try:
            worker = self._started()
            deadline = time.monotonic() + seconds
            worker.send(handling.REQUEST + data, deadline)
            return self._answer(worker, deadline)
        except DeadlinePassed:
            raise Ended("timeout", f"no answer within {seconds:g} s") from None
        except WorkerDied as died:
            raise Ended("memory" if died.memory else "crashed", died.how) from None
        except TooLarge as large:
            raise Ended("output", str(large)) from None
        except BadMessage as bad:
            raise Ended("crashed", f"it sent what is no answer: {bad}") from None

    def _started(self) -> Worker:
        if self._worker is None:
            self._worker = _pool(self._serve, self._paths).lease(self._policy)
            limits = [self._limits.bytes, self._limits.nodes, self._limits.depth]
            self._worker.send(messages.encode({"options": self._options, "limits": limits}, handling.OPENING))
        return self._worker

    def _answer(self, worker: Worker, deadline: float) -> Any:
        asked = 0
        while True:
            frame = worker.receive(deadline, self._limits.bytes + _LETTER)
            letter, data = frame[:_LETTER], frame[_LETTER:]
            if letter == handling.ANSWER:
                return messages.decode(data, self._limits)
            if letter == handling.REFUSED:
                raise Ended("output", scrub(str(messages.decode(data, self._limits))))
            if letter not in {handling.QUESTION, handling.NOTE} or len(data) > QUESTION_BYTES:
                raise BadMessage("a frame of no known kind")
            started = time.monotonic()
            reply = self._said(messages.decode(data, self._limits))
            if letter == handling.NOTE:
                continue  # a child that only tells things keeps its deadline
            asked += 1
            if asked > self._policy.capability_calls:
                raise Ended("crashed", f"it asked its host more than {self._policy.capability_calls} times")
            deadline += time.monotonic() - started  # what the host does for the program is not the program's time
            worker.send(handling.REPLY + messages.encode(reply, handling.OPENING), deadline)

    def _said(self, question: Any) -> dict[str, Any]:
        match question:
            case [str() as name, value] if name in self._capabilities:
                return {"yes": self._capabilities[name](value)}
            case [str() as name, _]:
                return {"no": f"there is no capability {name[:60]!r}"}
            case _:
                raise BadMessage("a question of no known form")
