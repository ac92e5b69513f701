"""In the worker: what a program prints and logs, handed to the host in pieces while it runs, up to a limit."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PIECE_CHARACTERS = 8192
"""How much may wait for the end of its line."""
LONGEST_PIECE = 100_000


class Flooded(BaseException):
    """The program printed more than it may. No `except` of a program catches this."""


class Outlet:
    """Gathers the pieces of both streams in their order. `send` takes `[[stream, text], ...]`."""

    def __init__(self, send: Callable[[list[list[str]]], object], limit: int) -> None:
        self._send = send
        self._left = limit
        self._pieces: list[list[str]] = []
        self._waiting = 0
        self.flooded = False

    def put(self, stream: str, text: str) -> None:
        """Take a text of one stream; Flooded beyond the limit."""
        if not text:
            return
        if self._pieces and self._pieces[-1][0] == stream:
            self._pieces[-1][1] += text
        else:
            self._pieces.append([stream, text])
        self._waiting += len(text)
        self._left -= len(text)
        if self._left < 0:
            self.flooded = True
            raise Flooded
        if self._waiting >= PIECE_CHARACTERS or text.endswith("\n"):
            self.flush()

    def flush(self) -> None:
        """Hand over what is waiting."""
        pieces, self._pieces, self._waiting = self._pieces, [], 0
        for stream, text in pieces:
            for start in range(0, len(text), LONGEST_PIECE):
                self._send([[stream, text[start : start + LONGEST_PIECE]]])


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
