"""Repeat a run whose process failed; tenacity decides when to stop and is loaded only then."""

import dataclasses
from collections.abc import Callable

from dana_sandbox.outcome import RunOutcome

RETRYABLE = frozenset({"crashed", "timeout", "memory"})


def with_retries(attempt: Callable[[], tuple[RunOutcome, bool]], retries: int) -> RunOutcome:
    """Return what `attempt` came to, repeated at most `retries` times while its process failed.

    `attempt` returns the outcome and whether it may be repeated: no program is repeated that has called the host.
    `seconds` of the result is the time of all attempts.

    >>> with_retries(lambda: (RunOutcome(status="crashed"), True), 2).attempts
    3
    """
    outcome, repeatable = attempt()
    if not retries or not repeatable or outcome.status not in RETRYABLE:
        return outcome
    return _repeated(attempt, retries, outcome)


def _repeated(attempt: Callable[[], tuple[RunOutcome, bool]], retries: int, first: RunOutcome) -> RunOutcome:
    from tenacity import Retrying, retry_if_result, stop_after_attempt

    seconds = [first.seconds]

    def again() -> tuple[RunOutcome, bool]:
        outcome, repeatable = attempt()
        seconds.append(outcome.seconds)
        return outcome, repeatable

    retrying = Retrying(
        stop=stop_after_attempt(retries),
        retry=retry_if_result(lambda result: result[1] and result[0].status in RETRYABLE),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )
    last, _ = retrying(again)
    return dataclasses.replace(last, attempts=len(seconds), seconds=sum(seconds))
