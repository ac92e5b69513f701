"""Operate: run the function; retry what is transient, keep the deadline. The good path enters no retry machinery."""

from __future__ import annotations

import contextvars
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dana_poet.errors import PoetCircuitOpenError, PoetTimeoutError
from dana_poet.stages.enforce import stand_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_poet.codegen.template_plan import Plan
    from dana_poet.domains.domain import Call
    from dana_poet.stages.enforce import Results
    from dana_poet.stages.perceive import Inputs
    from dana_poet.stages.poet import Poet

__all__ = ["Limits", "Operator", "PoetTimeoutError"]


monotonic = time.monotonic


def sleep(seconds: float) -> None:
    """Wait between two attempts."""
    time.sleep(seconds)


class AttemptTimeoutError(TimeoutError):
    """One attempt took longer than `attempt_timeout`: it may be tried again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a call may take, in seconds: all attempts together (`total`), one of them (`attempt`).

    `between` is a deadline that only ends the attempts: the domain's, when the user wrote no `timeout`.
    """

    total: float | None = None
    attempt: float | None = None
    between: float | None = None

    def deadline(self, patience: float = 1.0) -> float | None:
        """Return when the call has to be over, on the monotonic clock."""
        limit = self.total if self.total is not None else self.between
        return None if limit is None else monotonic() + limit * patience

    def of_attempt(self, deadline: float | None) -> float | None:
        """Return the seconds that the next attempt has; None for as long as it takes."""
        left = None if self.total is None or deadline is None else max(deadline - monotonic(), 0.0)
        if self.attempt is None or left is None:
            return self.attempt if left is None else left
        return min(self.attempt, left)


class Operator:
    """Runs one function. What is asked of the domain is asked only when something went wrong."""

    def __init__(self, poet: Poet, plan: Plan, inputs: Inputs, results: Results, limits: Limits) -> None:
        self.poet, self.plan, self.inputs, self.results, self.limits = poet, plan, inputs, results, limits
        self.domain, self.name = plan.domain, plan.shape.name
        self.own = plan.settings.get("operate") if callable(plan.settings.get("operate")) else None
        self.explicit = poet.flat.get("retries") is not None

    # --- the good path of a function with a deadline or a domain that looks at every result

    def operate(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what the function returns, within its deadline, after what follows a failure."""
        deadline = self.limits.deadline(self.patience(args, kwargs))
        try:
            if self.poet.troubled:
                self.poet.admit()
            result = self.attempt(args, kwargs, deadline)
        except Exception as error:  # noqa: BLE001 - what is to be done with it is decided there
            return self.again(error, args, kwargs, deadline)
        if self.poet.troubled:
            self.poet.healed()
        return result

    def attempt(self, args: tuple[Any, ...], kwargs: dict[str, Any], deadline: float | None, number: int = 1) -> Any:
        """Run the function once and let the domain look at the result."""
        limit = self.limits.of_attempt(deadline)
        run = self.poet.implementation
        if self.own is not None:
            own, plain = self.own, run
            run = lambda *given, **named: own(lambda: plain(*given, **named))  # noqa: E731 - one expression
        result = run(*args, **kwargs) if limit is None else within(run, args, kwargs, limit, self.late(deadline, limit))
        if self.domain.enforce is None:
            return result
        return self.results.of_domain(result, self.call(args, kwargs, number))

    def late(self, deadline: float | None, limit: float) -> Exception:
        """Return the error for an attempt that did not come back in `limit` seconds."""
        if self.limits.attempt is not None and limit >= self.limits.attempt:
            return AttemptTimeoutError(f"an attempt of {self.name} took longer than {self.limits.attempt:g} s")
        return self.too_late() if deadline is not None else AttemptTimeoutError(f"{self.name} took too long")

    def too_late(self) -> PoetTimeoutError:
        """Return the error for a call whose deadline is over."""
        return PoetTimeoutError(
            f"{self.name} took longer than {self.limits.total or self.limits.between:g} s",
            hint="raise timeout=, or make the function faster",
        )

    # --- after a failure

    def again(
        self, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any], deadline: float | None = None
    ) -> Any:
        """Return what later attempts, another address or the fallback gave; raise the last error when nothing did."""
        last = error
        if deadline is None:
            deadline = self.limits.deadline()
        if self.may_repeat(error, args, kwargs):
            try:
                result = self.repeat(error, args, kwargs, deadline)
            except Exception as later:  # noqa: BLE001 - it is raised below, or the fallback stands for it
                last = later
            else:
                self.poet.healed()
                return result
        other = self.other_place(last, args, kwargs)
        if other is not None:
            try:
                return self.attempt(*other, deadline)
            except Exception as later:  # noqa: BLE001 - as above
                last = later
        return self.ended(last, args, kwargs)

    def repeat(self, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any], deadline: float | None) -> Any:
        """Try again as long as retries and deadline allow; the first failure has happened."""
        from tenacity import Retrying

        failed: list[Exception] = [error]

        def call() -> Any:
            if failed:
                raise failed.pop()
            number = again.statistics.get("attempt_number", 1)
            return self.attempt(args, kwargs, deadline, number)

        again = Retrying(**self.policy(deadline), sleep=sleep)
        return again(call)

    def policy(self, deadline: float | None) -> dict[str, Any]:
        """Return what tenacity needs to know: when to stop, how long to wait, what to try again."""
        from tenacity import retry_if_exception, stop_after_attempt

        from dana_poet.stages.transient import LONGEST_ASKED, is_transient, wait_before

        attempts = stop_after_attempt(self.plan.retries + 1)

        def waited(state: Any) -> float:
            seconds, asked = wait_before(state.outcome.exception(), state.attempt_number, self.domain)
            return float("inf") if asked and deadline is None and seconds > LONGEST_ASKED else seconds

        def over(state: Any) -> bool:
            wait = state.upcoming_sleep
            return wait == float("inf") or (deadline is not None and monotonic() + wait >= deadline)

        return {
            "stop": lambda state: attempts(state) or over(state),
            "wait": waited,
            "retry": retry_if_exception(lambda error: is_transient(error, self.domain)),
            "reraise": True,
        }

    def may_repeat(self, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """Whether a failed call may be made again: the failure may pass, and the call may happen twice."""
        if self.plan.retries < 1:
            return False
        from dana_poet.stages.transient import is_transient

        if not is_transient(error, self.domain):
            return False
        allowed = self.domain.repeatable
        opted_in = self.explicit and self.plan.settings.get("idempotent") is not False
        return opted_in or allowed is None or allowed(self.call(args, kwargs))

    def other_place(
        self, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
        """Return the arguments for a last try elsewhere, when the domain knows another place."""
        if self.domain.recover is None or not self.passing(error):
            return None
        changes = self.domain.recover(error, self.call(args, kwargs))
        if not changes:
            return None
        given = {**self.inputs.by_name(args, kwargs), **changes}
        empty: Mapping[str, Any] = {"args": (), "kwargs": {}}
        values = tuple(given.get(one.name, empty.get(one.kind)) for one in self.plan.shape.parameters)
        return self.inputs.arguments(values)

    def passing(self, error: Exception) -> bool:
        """Whether a failure says something about the other side, and not about the call."""
        from dana_poet.stages.transient import is_transient

        return isinstance(error, (PoetTimeoutError, PoetCircuitOpenError)) or is_transient(error, self.domain)

    def ended(self, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the fallback for a call that failed for good, or raise its error."""
        self.counted(error)
        if "fallback" not in self.poet.flat:
            raise error
        self.poet.fallbacks += 1
        return stand_in(self.poet.flat["fallback"], args, kwargs)

    def counted(self, error: Exception) -> None:
        """Let the circuit breaker know."""
        if self.poet.breaker is None or isinstance(error, PoetCircuitOpenError):
            return
        if self.passing(error):
            self.poet.breaker.failed(error)
            self.poet.troubled = True
        else:
            self.poet.healed()

    def patience(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> float:
        """Return the factor that the domain puts on the deadline of this call."""
        if self.domain.patience is None:
            return 1.0
        return float(self.domain.patience(self.call(args, kwargs)))

    def call(self, args: tuple[Any, ...], kwargs: dict[str, Any], attempt: int = 1) -> Call:
        """Return the call as the domain sees it."""
        return self.inputs.call(self.inputs.by_name(args, kwargs), attempt)


def within(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], limit: float, late: Exception
) -> Any:
    """Return what the function returns, in a thread of its own. Raise `late` after `limit` seconds.

    A thread cannot be ended: one that comes back too late is left behind, and what it returns is dropped.
    """
    outcome: list[Any] = []
    context = contextvars.copy_context()

    def work() -> None:
        try:
            outcome.append((True, context.run(function, *args, **kwargs)))
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
            outcome.append((False, error))

    over = _run_until(limit, work, getattr(function, "__name__", "function"))
    if over or not outcome:
        raise late
    succeeded, value = outcome[0]
    if succeeded:
        return value
    raise value


def _run_until(limit: float, work: Callable[[], None], name: str) -> bool:
    """Run `work` and come back after `limit` seconds. Where the system gives no thread, return whether it was late."""
    thread = threading.Thread(target=work, name=f"poet {name}", daemon=True)
    try:
        thread.start()
    except RuntimeError:
        started = monotonic()
        work()
        return monotonic() - started > limit
    thread.join(limit)
    return False
