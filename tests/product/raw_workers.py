"""Workers that are already in the hands of a program: what runs in them no language layer has looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_sandbox import handling, messages

if TYPE_CHECKING:
    from dana_sandbox.channel import Channel


class RawPython:
    """Runs any Python with all that a worker has: what the operating system still holds then."""

    def __init__(self, _options: Any, host: handling.Host) -> None:
        self._host = host

    def answer(self, request: Any) -> Any:
        """Run the request and return its `result`, or the name of the error."""
        names: dict[str, Any] = {"host": self._host}
        try:
            exec(request, names)  # noqa: S102 - that is what this worker is for
        except Exception as error:  # noqa: BLE001 - the test looks at the name
            return type(error).__name__
        return names.get("result")


def raw(channel: Channel) -> None:
    """Serve raw Python."""
    handling.serve_handler(channel, RawPython)


class Liar:
    """Answers every request with what its host's options say, asking and telling what they say before."""

    def __init__(self, options: Any, host: handling.Host) -> None:
        del options
        self._host = host

    def answer(self, request: Any) -> Any:
        """Return what the text of the program says, read as a Python value."""
        names: dict[str, Any] = {"host": self._host, "request": request}
        exec(request["text"], names)  # noqa: S102 - that is what this worker is for
        return names["answer"]


def liar(channel: Channel) -> None:
    """Serve answers of the program's own making."""
    handling.serve_handler(channel, Liar)


def noise(channel: Channel) -> None:
    """Send frames that are no answers: what the request says, byte by byte."""
    channel.receive(1 << 26)
    while True:
        request = messages.decode(channel.receive(1 << 26)[1:], handling.OPENING)
        channel.send(request["text"].encode("latin-1"))
