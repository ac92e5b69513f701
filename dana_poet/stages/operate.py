"""Operate: run the function; retry what is transient, keep the deadline. The good path enters no retry machinery."""

from __future__ import annotations

import contextvars
import threading
import time
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaError

if TYPE_CHECKING:
    from collections.abc import Callable

TRANSIENT = (ConnectionError, TimeoutError)
FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0


class PoetTimeoutError(DanaError, TimeoutError):
    """A `@poet` function did not finish within its `timeout`."""

    code = "D3003"


def operate(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], *, retries: int, timeout: float | None
) -> Any:
    """Return `function(*args, **kwargs)`.

    ConnectionError and TimeoutError are tried again up to `retries` times with growing, jittered waits; `timeout` is
    the total deadline in seconds. Past it PoetTimeoutError is raised; a call that does not return is left behind in its
    thread.
    """
    if timeout is None:
        return _with_retries(lambda: function(*args, **kwargs), retries, None)
    deadline = time.monotonic() + timeout
    name = getattr(function, "__name__", "function")
    return _with_retries(lambda: _within(function, args, kwargs, deadline, name, timeout), retries, deadline)


def _with_retries(call: Callable[[], Any], retries: int, deadline: float | None) -> Any:
    try:
        return call()
    except PoetTimeoutError:
        raise
    except TRANSIENT:
        if retries < 1:
            raise
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, stop_after_delay, wait_random_exponential

    stop: Any = stop_after_attempt(retries)
    if deadline is not None:
        stop = stop | stop_after_delay(max(0.0, deadline - time.monotonic()))
    wait = wait_random_exponential(multiplier=FIRST_WAIT, max=LONGEST_WAIT)
    time.sleep(FIRST_WAIT)
    again = Retrying(stop=stop, wait=wait, retry=retry_if_exception(_is_transient), reraise=True)
    return again(call)


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, TRANSIENT) and not isinstance(error, PoetTimeoutError)


def _within(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    deadline: float,
    name: str,
    limit: float,
) -> Any:
    """Run in a thread and wait until the deadline."""
    outcome: list[Any] = []
    context = contextvars.copy_context()

    def work() -> None:
        try:
            outcome.append((True, context.run(function, *args, **kwargs)))
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
            outcome.append((False, error))

    late = _run_until(deadline, work, name)
    if late or not outcome:
        raise PoetTimeoutError(
            f"{name} took longer than {limit:g} s", hint="raise timeout=, or make the function faster"
        )
    succeeded, value = outcome[0]
    if succeeded:
        return value
    raise value


def _run_until(deadline: float, work: Callable[[], None], name: str) -> bool:
    """Run `work` and come back at the deadline. Where the system gives no thread, return whether `work` was late."""
    thread = threading.Thread(target=work, name=f"poet {name}", daemon=True)
    try:
        thread.start()
    except RuntimeError:
        started = time.monotonic()
        work()
        late = started < deadline < time.monotonic()
    else:
        thread.join(max(0.0, deadline - time.monotonic()))
        late = False
    return late
