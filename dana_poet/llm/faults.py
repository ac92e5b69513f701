"""What can go wrong with a model server: which faults pass with time, and what to tell the user about the others."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

RETRIED = frozenset({408, 409, 429})
EXCERPT_CHARACTERS = 300


class Fault(Exception):  # noqa: N818 - it never leaves this package; what users meet is LLMError
    """A failed attempt: what happened, what to do about it, and whether asking again may help.

    `reason` is a stable slug, `wait_seconds` how long the server asks to wait, None when it does not say.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        reason: str,
        passing: bool = False,
        status: int = 0,
        wait_seconds: float | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.hint = hint
        self.passing = passing
        self.status = status
        self.wait_seconds = wait_seconds


class Asked(NamedTuple):
    """What a message may tell about the question: server, model, the variable that should hold the key, the ending."""

    url: str
    model: str
    key_variable: str
    has_key: bool
    ending: str = "it usually ends in /v1"


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds that a `Retry-After` header asks to wait, given as seconds or HTTP date; None without one.

    >>> retry_after({"retry-after": "1.5"}), retry_after({}), retry_after({"retry-after": "soon"})
    (1.5, None, None)
    >>> retry_after({"retry-after": "Wed, 01 Jan 2025 00:00:10 GMT"}, datetime(2025, 1, 1, tzinfo=UTC))
    10.0
    """
    said = headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


def server_message(body: str) -> str:
    """Return what an error answer says, whichever of the usual forms it has, in at most 300 characters.

    >>> server_message('{"error": {"message": "no such model"}}'), server_message("<html>Bad gateway</html>")
    ('no such model', '<html>Bad gateway</html>')
    """
    said: Any
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = body
    for key in ("error", "message", "detail"):
        if isinstance(said, dict) and key in said:
            said = said[key]
    text = " ".join(str(said).split())
    return text if len(text) <= EXCERPT_CHARACTERS else text[: EXCERPT_CHARACTERS - 3] + "..."


def status_fault(status: int, headers: Mapping[str, str], body: str, asked: Asked) -> Fault:
    """Return the fault of an HTTP answer that is not 200."""
    said = server_message(body)
    message = f"the model server answered {status}" + (f": {said}" if said else "")
    # Used-up credit comes as 429 too; no waiting mends it.
    if status == 429 and "insufficient_quota" in body:
        return Fault(message, "the account has no credit left", reason="no_credit", status=status)
    reason = _reason(status)
    if status in RETRIED or status >= 500:
        wait = retry_after(headers)
        return Fault(message, "try again later", reason=reason, passing=True, status=status, wait_seconds=wait)
    return Fault(message, _hint(status, headers, asked), reason=reason, status=status)


_REASONS = {
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    408: "timeout",
    413: "too_long",
    429: "rate_limited",
    504: "timeout",
    529: "overloaded",
}


def _reason(status: int) -> str:
    usual = "server_error" if status >= 500 else "redirect" if 300 <= status < 400 else "bad_request"
    return _REASONS.get(status, usual)


def _hint(status: int, headers: Mapping[str, str], asked: Asked) -> str:
    match status:
        case 401 if asked.has_key:
            return f"the API key is refused: check {asked.key_variable}"
        case 401:
            return f"the server wants an API key: set {asked.key_variable}"
        case 403:
            return f"the key in {asked.key_variable} may not use model '{asked.model}' there"
        case 404:
            return (
                f"check the model name '{asked.model}' (DANA_LLM_MODEL) and the address {asked.url} "
                f"(DANA_LLM_BASE_URL; {asked.ending})"
            )
        case 413:
            return "the prompt is too long for this server"
        case _ if 300 <= status < 400:
            return f"set DANA_LLM_BASE_URL to where it redirects: {headers.get('location', 'unknown')}"
        case _:
            return "the server does not accept the question as it is: check model, prompt length and options"
