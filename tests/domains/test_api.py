"""Services: statuses, Retry-After, idempotency, the fallback endpoint, required fields."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError

import pytest

from dana_poet.domains import Call, get
from dana_poet.domains.api import PASSING, retry_after, status_of
from dana_poet.domains.result_errors import PassingResultError
from dana_poet.errors import PoetValidationError

DOMAIN = get("api")


def enforced(result: Any, **options: Any) -> Any:
    """Return a result as the domain hands it on."""
    assert DOMAIN.enforce is not None
    return DOMAIN.enforce(result, Call("fetch", {}, DOMAIN.settings(options)))


def test_statuses_from_400_are_no_results() -> None:
    """Those that pass are tried again, the others are not."""
    assert DOMAIN.transient is not None
    for status in (200, 204, 301):
        answer = {"status": status}
        assert enforced(answer) is answer
    for status in (400, 401, 404, 409, 429, 500, 503):
        with pytest.raises(PoetValidationError, match=f"answered with status {status}") as told:
            enforced(SimpleNamespace(status_code=status, headers={}))
        assert DOMAIN.transient(told.value) == (status in PASSING)
    assert enforced({"status": 503}, check_status=False)
    assert enforced({"status": "failed"}) == {"status": "failed"}


def test_errors_of_clients_carry_their_status() -> None:
    """Urllib's code, requests' and httpx' response.status_code."""
    assert DOMAIN.transient is not None
    busy = HTTPError("http://x", 503, "busy", {}, None)  # type: ignore[arg-type]  # headers are any mapping
    other = RuntimeError("x")
    other.response = SimpleNamespace(status_code=404)  # type: ignore[attr-defined]
    assert (status_of(busy), status_of(other)) == (503, 404)
    assert DOMAIN.transient(busy)
    assert not DOMAIN.transient(other)
    assert DOMAIN.transient(ConnectionResetError())


def test_retry_after_is_seconds_or_a_date() -> None:
    """Bounded, never negative; what cannot be read says nothing."""
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert retry_after({"headers": {"retry-after": "12"}}) == 12.0
    assert 80 < (retry_after({"headers": {"Retry-After": later}}) or 0) <= 90
    assert retry_after({"headers": {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}}) == 0.0
    for said in ("soon", "", "nan"):
        assert retry_after({"headers": {"Retry-After": said}}) is None
    assert retry_after({"headers": {"Retry-After": "1e12"}}) == 3600.0
    with pytest.raises(PassingResultError) as told:
        enforced({"status": 429, "headers": {"Retry-After": "3"}})
    assert DOMAIN.wait is not None
    assert DOMAIN.wait(told.value, 1) == 3.0


@pytest.mark.parametrize(
    ("function", "arguments", "options", "may"),
    [
        ("fetch_user", {}, {}, True), ("create_order", {}, {}, False), ("create_order", {"idempotency_key": "k"}, {}, True),
        ("create_order", {}, {"idempotent": True}, True), ("fetch_user", {}, {"idempotent": False}, False),
        ("request", {"method": "GET"}, {}, True), ("request", {"method": "post"}, {}, False), ("_send_mail", {}, {}, False),
    ],
)  # fmt: skip
def test_what_changes_something_is_not_repeated(
    function: str, arguments: dict[str, Any], options: dict[str, Any], may: bool
) -> None:
    """Unless it carries a key, or the user says so."""
    assert DOMAIN.repeatable is not None
    assert DOMAIN.repeatable(Call(function, arguments, options)) is may
    assert not DOMAIN.repeatable(Call("sync", body="writes"))


def test_the_fallback_endpoint_gets_the_same_request() -> None:
    """Host of the fallback, path and query of the request; never for what may not be made twice."""
    assert DOMAIN.recover is not None
    options = {"fallback_endpoint": "https://b.example/v2/"}
    call = Call("fetch", {"url": "https://a.example/users/7?x=1", "n": 1}, options)
    assert DOMAIN.recover(ConnectionError(), call) == {"url": "https://b.example/v2/users/7?x=1"}
    assert DOMAIN.recover(ConnectionError(), Call("fetch", {"host": "a.example"}, options)) == {
        "host": "https://b.example/v2/"
    }
    assert DOMAIN.recover(ConnectionError(), Call("create", call.arguments, options)) is None
    assert DOMAIN.recover(ConnectionError(), Call("fetch", call.arguments)) is None
    assert DOMAIN.recover(ConnectionError(), Call("fetch", {"n": 1}, options)) is None


def test_required_fields_and_identifiers() -> None:
    """Of mappings and of objects; null counts as lacking."""
    with pytest.raises(PoetValidationError, match="the result of fetch lacks 'email'"):
        enforced({"id": 1, "email": None}, required_fields=["id", "email"])
    assert enforced(SimpleNamespace(id=1), required_fields=["id"])
    assert DOMAIN.prepare is not None
    for arguments in ({"user_id": " "}, {"url": "ftp://x"}):
        with pytest.raises(PoetValidationError):
            DOMAIN.prepare(Call("fetch", arguments))
    assert DOMAIN.prepare(Call("fetch", {"user_id": 0, "url": "http://x"})) == {}
