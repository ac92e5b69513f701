"""The domain of network services: statuses, Retry-After, idempotency, a fallback endpoint and required fields."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dana_poet.domains import base
from dana_poet.domains.domain import Call, Domain, Learnable
from dana_poet.domains.option import OptionSpec
from dana_poet.domains.result_errors import PassingResultError, require_keys
from dana_poet.domains.template import template
from dana_poet.errors import PoetValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed."""
WRITING = frozenset(
    "create add post send pay charge submit insert delete remove update patch book order transfer".split()
)
"""First words of names of functions that change something."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
ADDRESSES = ("endpoint", "url", "base_url", "uri", "host")
KEYS = ("idempotency_key", "request_id")
LONGEST_WAIT = 3600.0


def status_of(thing: Any) -> int | None:
    """Return the HTTP status that a response, a mapping or an error carries, or None.

    >>> status_of({"status": 503}), status_of({"status": "ok"}), status_of(ValueError())
    (503, None, None)
    """
    response = getattr(thing, "response", None)
    for holder in (thing, response):
        for name in ("status_code", "status") if isinstance(holder, dict) else ("status_code", "status", "code"):
            value = holder.get(name) if isinstance(holder, dict) else getattr(holder, name, None)
            if isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599:
                return value
    return None


def retry_after(thing: Any) -> float | None:
    """Return the seconds that a response or an error asks to wait, from Retry-After (seconds or a date), or None.

    >>> retry_after({"status": 429, "headers": {"Retry-After": "7"}})
    7.0
    """
    asked = getattr(thing, "retry_after", None)
    if isinstance(asked, (int, float)):
        return _bounded(float(asked))
    for holder in (thing, getattr(thing, "response", None)):
        headers = holder.get("headers") if isinstance(holder, dict) else getattr(holder, "headers", None)
        text = _header(headers, "retry-after")
        if text:
            return _seconds(text)
    return None


def transient(error: BaseException) -> bool:
    """Whether trying again may help: a lost connection, a time-out, or a status of `PASSING`."""
    if isinstance(error, PassingResultError) or base.transient(error):
        return True
    return status_of(error) in PASSING or type(error).__name__ in {"ConnectTimeout", "ReadTimeout", "ConnectError"}


def repeatable(call: Call) -> bool:
    """Whether a call may be made twice: it reads, or carries an idempotency key, or the user said so.

    >>> repeatable(Call("fetch_user")), repeatable(Call("create_user")), repeatable(Call("pay", {"idempotency_key": "k"}))
    (True, False, True)
    """
    said = call.options.get("idempotent")
    if said is not None:
        return bool(said)
    return any(call.arguments.get(key) for key in KEYS) or (call.body != "writes" and _asks(call))


def _asks(call: Call) -> bool:
    """Whether a request asks for something, or may be made twice: by its method, else by the function's name."""
    method = call.arguments.get("method")
    if isinstance(method, str):
        return method.upper() in SAFE_METHODS
    return call.function.strip("_").split("_")[0].lower() not in WRITING


def prepare(call: Call) -> Mapping[str, Any]:
    """Refuse an empty identifier and an address that is not http(s); change nothing."""
    for name, value in call.arguments.items():
        if isinstance(value, str) and not value.strip() and (name == "id" or name.endswith("_id")):
            raise PoetValidationError(f"{call.function}: parameter '{name}' takes an identifier, got an empty text")
        if name in ADDRESSES and isinstance(value, str) and "://" in value and not value.lower().startswith("http"):
            raise PoetValidationError(f"{call.function}: parameter '{name}' takes an http(s) address, got {value!r}")
    return {}


def enforce(result: Any, call: Call) -> Any:
    """Return the result. A status from 400 raises, as passing when it is one of `PASSING`; so do missing fields."""
    status = status_of(result) if call.options.get("check_status", True) else None
    if status is not None and status >= 400:
        message = f"{call.function} was answered with status {status}"
        if status in PASSING:
            raise PassingResultError(message, retry_after=retry_after(result))
        raise PoetValidationError(message, hint="status codes from 400 are no result; check_status=False keeps them")
    require_keys(result, call.options.get("required_fields"), call.function)
    return result


def recover(_error: BaseException, call: Call) -> Mapping[str, Any] | None:
    """Return the address argument with the host of `fallback_endpoint`, once, for functions that take an address.

    >>> call = Call("fetch", {"url": "https://a.example/users/7"}, {"fallback_endpoint": "https://b.example"})
    >>> recover(ConnectionError(), call)
    {'url': 'https://b.example/users/7'}
    """
    other = call.options.get("fallback_endpoint")
    name = next((one for one in ADDRESSES if isinstance(call.arguments.get(one), str)), None)
    # Who names a fallback endpoint wants it asked, also by a function that writes a log or a list.
    if not other or name is None or not repeatable(replace(call, body="network")):
        return None
    from urllib.parse import urlsplit, urlunsplit

    given, spare = urlsplit(call.arguments[name]), urlsplit(other)
    if not given.netloc:
        return {name: other}
    path = spare.path.rstrip("/") + given.path
    return {name: urlunsplit((spare.scheme, spare.netloc, path, given.query, given.fragment))}


def succeeded(result: Any, _call: Call) -> float | None:
    """Return 1 for a status below 400, 0 from 400; None where there is no status."""
    status = status_of(result)
    return None if status is None else float(status < 400)


def _header(headers: Any, name: str) -> str:
    try:
        pairs = dict(headers or {}).items()
    except (TypeError, ValueError):
        return ""
    return next((str(value) for key, value in pairs if str(key).lower() == name), "")


def _seconds(text: str) -> float | None:
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    try:
        return _bounded(float(text))
    except ValueError:
        pass
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return _bounded((when - datetime.now(UTC)).total_seconds())


def _bounded(seconds: float) -> float | None:
    return min(max(seconds, 0.0), LONGEST_WAIT) if seconds == seconds else None  # noqa: PLR0124 - not-a-number


DOMAIN = Domain(
    name="api",
    summary="statuses, Retry-After, idempotency, a fallback endpoint, required fields",
    template=template("api"),
    options={
        "required_fields": OptionSpec("names that every result must have", "list"),
        "fallback_endpoint": OptionSpec("address that is asked when the first one keeps failing", "text"),
        "idempotent": OptionSpec("whether the call may be made twice; worked out when not given", "true or false"),
        "check_status": OptionSpec("whether a status from 400 is an error", "true or false", default=True),
    },
    defaults={"retries": 3, "timeout": 30.0},
    grants=frozenset({"network", "recover", "fallback", "clock"}),
    imports=frozenset({"json", "time", "urllib.parse"}),
    prepare=prepare,
    enforce=enforce,
    transient=transient,
    repeatable=repeatable,
    wait=lambda error, _attempt: retry_after(error),
    recover=recover,
    metrics={**base.METRICS, "success": succeeded},
    parameters=(
        Learnable("retries", 3, 0, 6, summary="attempts after the first"),
        Learnable("timeout", 30.0, 0.5, 120.0, unit="s", summary="deadline of a call"),
    ),
)
