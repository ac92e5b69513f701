"""Which failures may pass when a call is made again, and how long to wait: loaded after a first failure."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from dana_poet.domains.api import PASSING, retry_after, status_of
from dana_poet.errors import PoetCircuitOpenError, PoetTimeoutError

if TYPE_CHECKING:
    from dana_poet.domains.domain import Domain

FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0
LONGEST_ASKED = 60.0
"""Seconds that a Retry-After may ask for where the call has no deadline; for longer ones the call fails at once."""
CLIENTS = frozenset({"httpx", "httpcore", "requests", "urllib3", "aiohttp", "urllib"})
PASSING_NAMES = frozenset(
    "ConnectError ConnectTimeout ReadTimeout WriteTimeout PoolTimeout ReadError WriteError CloseError RemoteProtocolError "
    "ConnectionError Timeout ChunkedEncodingError ProtocolError NewConnectionError ClientConnectionError "
    "ServerDisconnectedError ServerTimeoutError ClientPayloadError IncompleteRead".split()
)
"""Errors of HTTP clients that say nothing about the request, by the names of their classes."""


def is_transient(error: BaseException, domain: Domain) -> bool:
    """Whether the same call may succeed later.

    So may a lost connection, a time-out, the statuses of `PASSING` in an error of an HTTP client, and what the domain
    takes for transient. A wrong value or type never does, nor does a deadline that is over or a circuit that is open.

    >>> from dana_poet.domains import get
    >>> is_transient(ConnectionResetError(), get("base")), is_transient(ValueError(), get("base"))
    (True, False)
    """
    if isinstance(error, (PoetTimeoutError, PoetCircuitOpenError)) or not isinstance(error, Exception):
        return False
    if domain.transient is not None and domain.transient(error):
        return True
    status = status_of(error)
    if status is not None:
        return status in PASSING
    if isinstance(error, (ConnectionError, TimeoutError)):
        return True
    if isinstance(error, (ValueError, TypeError)):
        return False
    reason = getattr(error, "reason", None)  # urllib.error.URLError
    if isinstance(reason, (ConnectionError, TimeoutError)) or type(reason).__name__ == "gaierror":
        return True
    return any(
        one.__name__ in PASSING_NAMES and one.__module__.partition(".")[0] in CLIENTS for one in type(error).__mro__
    )


def wait_before(error: BaseException, attempt: int, domain: Domain) -> tuple[float, bool]:
    """Return the seconds to wait before the next attempt, and whether the other side asked for them.

    Without Retry-After they are drawn evenly between nothing and a bound that doubles with each attempt, so that
    callers that failed together do not come back together.
    """
    asked = domain.wait(error, attempt) if domain.wait is not None else retry_after(error)
    if asked is not None:
        return asked, True
    return random.uniform(0.0, min(LONGEST_WAIT, FIRST_WAIT * 2**attempt)), False  # noqa: S311 - jitter, no secret
