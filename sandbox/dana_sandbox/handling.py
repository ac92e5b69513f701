"""The child's side of a service: make the handler, answer each request with plain data, ask the host between.

Frames begin with one letter: `R` a request and `V` what the host says to a question, both from the host; `A` an
answer, `Q` a question, `N` a note that wants no reply and `X` why an answer cannot cross, from the child.
"""

from collections.abc import Callable
from typing import Any, Protocol

from dana_sandbox import messages
from dana_sandbox.channel import Channel
from dana_sandbox.crossing import CannotCross, Limits

REQUEST, REPLY, ANSWER, QUESTION, NOTE, REFUSED = b"R", b"V", b"A", b"Q", b"N", b"X"
OPENING = Limits(bytes=64 * 1024 * 1024, nodes=5_000_000, depth=200)
"""The child takes from its host whatever the host has let pass; this bounds mistakes."""


class Handler(Protocol):
    """What answers requests: trusted code, which may run code that is not."""

    def answer(self, request: Any) -> Any:
        """Return plain data for a request of plain data."""
        ...


class HostSaysNo(Exception):  # noqa: N818 - what happened
    """The host does not answer this question; the message says why."""


class Host:
    """The host as its child sees it: a few capabilities by name, each of one plain value."""

    def __init__(self, channel: Channel, limits: Limits) -> None:
        self._channel, self._limits = channel, limits

    def ask(self, name: str, value: object) -> Any:
        """Return what the host says, plain data. HostSaysNo where it says nothing."""
        self._channel.send(QUESTION + messages.encode([name, value], self._limits))
        said = messages.decode(self._channel.receive(OPENING.bytes)[1:], OPENING)
        if "no" in said:
            raise HostSaysNo(said["no"])
        return said["yes"]

    def tell(self, name: str, value: object) -> None:
        """Tell the host something and go on at once."""
        self._channel.send(NOTE + messages.encode([name, value], self._limits))


def serve_handler(channel: Channel, make: Callable[[Any, Host], Handler]) -> None:
    """Serve one host until it closes the channel. The first frame holds options for `make(options, host)` and limits."""
    opening = messages.decode(channel.receive(OPENING.bytes), OPENING)
    limits = Limits(*opening["limits"])
    handler = make(opening["options"], Host(channel, limits))
    while True:
        request = messages.decode(channel.receive(OPENING.bytes)[1:], OPENING)
        channel.send(_answered(handler, request, limits))


def _answered(handler: Handler, request: Any, limits: Limits) -> bytes:
    answer = handler.answer(request)
    try:
        return ANSWER + messages.encode(answer, limits)
    except CannotCross as problem:
        return REFUSED + messages.encode(str(problem)[:500], limits)
