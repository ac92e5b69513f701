"""`use("webhook", endpoint="https://...")`: send JSON to addresses that were allowed, and to no others."""

from __future__ import annotations

import os
from time import sleep
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from dana_poet.errors import DanaValueError, PolicyError
from dana_poet.runtime.resources.base import ShippedResource, field, fields_of

if TYPE_CHECKING:
    from dana_poet.runtime.fields import FieldTable

METHODS = ("POST", "PUT", "PATCH")
PORTS = {"http": 80, "https": 443}


class WebhookResource(ShippedResource):
    """Sends to `endpoint`, and to other addresses that begin like one of `allow`.

    The variable `DANA_WEBHOOK_ALLOW` (addresses, separated by commas) limits both. Redirects are not followed.
    `timeout` is in seconds; a failed connection or an answer of 500 and above is tried `retry_count` more times.
    """

    __slots__ = ("_client",)
    __dana_table__: ClassVar[FieldTable] = fields_of(
        "webhook",
        "webhook",
        field("endpoint", str),
        field("method", str, "POST"),
        field("headers", dict, {}),
        field("timeout", float, 30.0),
        field("retry_count", int, 3),
        field("allow", list, []),
    )
    __dana_type_text__ = "Resource[webhook]"

    _client: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.method.upper() not in METHODS:
            raise DanaValueError(f"webhook sends with {', '.join(METHODS)}, not {self.method!r}")
        object.__setattr__(self, "_client", None)
        self.check(self.endpoint)

    def send(self, payload: Any = None, url: str | None = None) -> dict[str, Any]:
        """Send a value as JSON; return `success`, `status_code`, `response` and, when nothing answered, `error`.

        PolicyError when the address is not allowed.
        """
        address = self.endpoint if url is None else str(url)
        self.check(address)
        self._running()
        answer: dict[str, Any] = {}
        for attempt in range(max(0, self.retry_count) + 1):
            if attempt:
                sleep(min(0.1 * 2**attempt, 5.0))
            answer = self._attempt(address, payload)
            if answer["status_code"] is not None and answer["status_code"] < 500:
                break
        return {"endpoint": address, "method": self.method.upper(), "payload": payload, **answer}

    def query(self, request: Any = None, **_options: Any) -> Any:
        """Send the request as JSON and return what `send` returns."""
        return self.send(request)

    def get_config(self) -> dict[str, Any]:
        """Return the settings and the state; header values stay out, they may be secret."""
        shown = {name: getattr(self, name) for name in ("name", "endpoint", "method", "timeout", "retry_count")}
        return {**shown, "headers": sorted(self.headers), "state": self.state}

    def check(self, address: str) -> None:
        """PolicyError unless `address` may be sent to."""
        _parsed(address)
        limits = [part.strip() for part in os.environ.get("DANA_WEBHOOK_ALLOW", "").split(",") if part.strip()]
        if limits and not any(begins_like(address, limit) for limit in limits):
            raise PolicyError(f"{address} is not among the addresses of DANA_WEBHOOK_ALLOW")
        if not any(begins_like(address, allowed) for allowed in (self.endpoint, *self.allow)):
            raise PolicyError(
                f"{self._title()} may not send to {address}",
                hint='allow it: use("webhook", ..., allow=["https://..."])',
            )

    def _attempt(self, address: str, payload: Any) -> dict[str, Any]:
        import httpx

        try:
            reply = self._client.request(self.method.upper(), address, json=payload, headers=dict(self.headers))
        except httpx.TransportError as error:
            return {
                "success": False,
                "status_code": None,
                "response": None,
                "error": f"{type(error).__name__}: {error}",
            }
        return {"success": reply.is_success, "status_code": reply.status_code, "response": _content(reply)}

    def _open(self) -> None:
        import httpx

        self._client = httpx.Client(timeout=self.timeout, follow_redirects=False)

    def _close(self) -> None:
        self._client.close()


def begins_like(address: str, allowed: str) -> bool:
    """Whether an address has the scheme, host and port of `allowed` and a path at or below its path.

    >>> begins_like("https://x.org/hooks/1", "https://x.org/hooks"), begins_like("https://x.org.evil/", "https://x.org")
    (True, False)
    """
    here, there = _parsed(address), _parsed(allowed)
    if here[:3] != there[:3]:
        return False
    base = there[3].rstrip("/")
    return here[3] == there[3] or here[3] == base or here[3].startswith(f"{base}/")


def _parsed(address: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError) as error:
        raise PolicyError(f"{address!r} is not a web address", hint="it begins with https:// or http://") from error
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise PolicyError(f"{address!r} is not an address to send to", hint="https://host/path, without user names")
    if "\\" in address or any(character <= " " for character in address) or "/../" in f"{parts.path}/":
        raise PolicyError(f"{address!r} holds characters that an address must not have")
    return parts.scheme, parts.hostname.lower(), port, parts.path or "/"


def _content(reply: Any) -> Any:
    if "json" in reply.headers.get("content-type", ""):
        try:
            return reply.json()
        except ValueError:
            return reply.text
    return reply.text
