"""In the worker: what a program prints and logs, handed to the host in pieces while it runs, up to a limit."""

from __future__ import annotations

import io
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PIECE_CHARACTERS = 8192
PIECE_SECONDS = 0.2


class Flooded(BaseException):
    """The program printed more than it may. No `except` of a program catches this."""


class Outlet:
    """Gathers the pieces of both streams in their order. `send` takes `[[stream, text], ...]`."""

    def __init__(self, send: Callable[[list[list[str]]], object], limit: int) -> None:
        self._send = send
        self._left = limit
        self._pieces: list[list[str]] = []
        self._waiting = 0
        self._sent = monotonic()
        self.flooded = False

    def put(self, stream: str, text: str) -> None:
        """Take a text of one stream; Flooded beyond the limit."""
        if self._pieces and self._pieces[-1][0] == stream and self._waiting < PIECE_CHARACTERS:
            self._pieces[-1][1] += text
        else:
            self._pieces.append([stream, text])
        self._waiting += len(text)
        self._left -= len(text)
        if self._left < 0:
            self.flooded = True
            raise Flooded
        if self._waiting >= PIECE_CHARACTERS or monotonic() - self._sent > PIECE_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Hand over what is waiting."""
        pieces, self._pieces, self._waiting = self._pieces, [], 0
        self._sent = monotonic()
        if pieces:
            self._send(pieces)


class Stream(io.TextIOBase):
    """Standard output or standard error of the worker: everything goes through the outlet."""

    encoding = "utf-8"

    def __init__(self, outlet: Outlet, name: str) -> None:
        super().__init__()
        self._outlet, self._stream = outlet, name

    def write(self, text: str) -> int:
        """Take a text."""
        self._outlet.put(self._stream, str(text))
        return len(text)

    def writable(self) -> bool:
        """Whether it can be written: always."""
        return True
