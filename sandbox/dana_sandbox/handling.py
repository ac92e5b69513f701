"""The child's side of a service: make the handler, answer each request with plain data, ask the host between.

Frames begin with one letter: `R` a request and `V` what the host says to a question, both from the host; `A` an
answer, `Q` a question and `X` why an answer cannot cross, from the child.
"""

from collections.abc import Callable
from typing import Any, Protocol

from dana_sandbox import messages
from dana_sandbox.channel import Channel
from dana_sandbox.crossing import CannotCross, Limits

REQUEST, REPLY, ANSWER, QUESTION, REFUSED = b"R", b"V", b"A", b"Q", b"X"
OPENING = Limits(bytes=64 * 1024 * 1024, nodes=5_000_000, depth=200)
"""The child takes from its host whatever the host has let pass; this bounds mistakes."""


class Handler(Protocol):
    """What answers requests: trusted code, which may run code that is not."""

    def answer(self, request: Any) -> Any:
        """Return plain data for a request of plain data."""
        ...


Ask = Callable[[str, object], Any]
"""Asks the host for a capability by its name, with one plain value; returns a plain value."""


class HostSaysNo(Exception):  # noqa: N818 - what happened
    """The host does not answer this question; the message says why."""


def serve_handler(channel: Channel, make: Callable[[Any, Ask], Handler]) -> None:
    """Serve one host until it closes the channel. The first frame holds options for `make(options, ask)` and limits."""
    opening = messages.decode(channel.receive(OPENING.bytes), OPENING)
    limits = Limits(*opening["limits"])

    def ask(name: str, value: object) -> Any:
        channel.send(QUESTION + messages.encode([name, value], limits))
        said = messages.decode(channel.receive(OPENING.bytes)[1:], OPENING)
        if "no" in said:
            raise HostSaysNo(said["no"])
        return said["yes"]

    handler = make(opening["options"], ask)
    while True:
        request = messages.decode(channel.receive(OPENING.bytes)[1:], OPENING)
        channel.send(_answered(handler, request, limits))


def _answered(handler: Handler, request: Any, limits: Limits) -> bytes:
    answer = handler.answer(request)
    try:
        return ANSWER + messages.encode(answer, limits)
    except CannotCross as problem:
        return REFUSED + messages.encode(str(problem)[:500], limits)
