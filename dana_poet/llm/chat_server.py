"""Carry one question to the address of a model server over httpx and bring the answer's text back, or a Fault."""

from __future__ import annotations

import asyncio
import json
import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx

from dana_poet.llm import background_loop
from dana_poet.llm.faults import Asked, Fault, status_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


LARGEST_BYTES = 16 * 1024 * 1024


class Place(NamedTuple):
    """Where questions go, with which headers (they hold the key), and what messages may say of it."""

    url: str
    path: str
    headers: Mapping[str, str]
    key_variable: str
    has_key: bool
    ending: str

    def __repr__(self) -> str:
        return f"Place({self.url!r})"


class ChatServer:
    """One server with its connections, which stay open between questions. Used on the background loop only."""

    def __init__(self, place: Place, timeout: httpx.Timeout) -> None:
        self._place = place
        self._timeout = timeout
        self._client: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._close: Callable[[], object] = lambda: None

    async def post(self, body: dict[str, Any]) -> tuple[str, str]:
        """Return text and content type of the server's answer; Fault for any but a 200."""
        # Half of a surrogate pair, as broken input may hold, has no UTF-8: it travels as a question mark.
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        place = self._place
        try:
            opened = self._connected().stream("POST", place.url + place.path, content=content, headers=place.headers)
            async with opened as answer:
                said = await _read(answer)
        except httpx.RequestError as error:
            raise _unreachable(place.url, error) from error
        if answer.status_code != 200:
            asked = Asked(place.url, str(body["model"]), place.key_variable, place.has_key, place.ending)
            raise status_fault(answer.status_code, answer.headers, said.decode("utf-8", "replace"), asked)
        return _text(said, answer.charset_encoding), answer.headers.get("content-type", "")

    def close(self) -> None:
        """Close the connections; the next question opens new ones."""
        self._close()
        self._client = None

    def _connected(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:  # another loop: this is a forked child
            self._client, self._loop = httpx.AsyncClient(timeout=self._timeout, follow_redirects=False), loop
            self._close = weakref.finalize(self, _close_on, loop, self._client)
        return self._client


async def _read(answer: httpx.Response) -> bytes:
    """Return the body of an answer, unpacked; Fault for one that no model writes, before it fills the memory."""
    parts, size = [], 0
    async for part in answer.aiter_bytes():
        parts.append(part)
        size += len(part)
        if size > LARGEST_BYTES:
            message = f"the model server's answer is longer than {LARGEST_BYTES:,} bytes"
            raise Fault(message, "ask for less with max_tokens", reason="too_long")
    return b"".join(parts)


def _text(said: bytes, charset: str | None) -> str:
    try:
        return said.decode(charset or "utf-8")
    except (UnicodeDecodeError, LookupError) as error:
        message = "the model server's answer is not UTF-8"
        raise Fault(message, "try again later", reason="not_utf8", passing=True) from error


def _close_on(loop: asyncio.AbstractEventLoop, client: httpx.AsyncClient) -> None:
    background_loop.finish_on(loop, client.aclose())


def _unreachable(url: str, error: httpx.RequestError) -> Fault:
    reason = str(error) or type(error).__name__
    match error:
        case httpx.UnsupportedProtocol() | httpx.LocalProtocolError():
            message = f"the question cannot be sent to {url}: {reason}"
            return Fault(message, "check DANA_LLM_BASE_URL", reason="unsendable")
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return Fault(
                f"cannot reach the model server at {url}: {reason}",
                "is it running, and is DANA_LLM_BASE_URL right?",
                reason="unreachable",
                passing=True,
            )
        case httpx.ReadTimeout():
            message = f"the model server at {url} fell silent"
            return Fault(message, "raise timeout_seconds", reason="timeout", passing=True)
        case _:
            message = f"the connection to {url} broke: {reason}"
            return Fault(message, "try again later", reason="connection_lost", passing=True)
