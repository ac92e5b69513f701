"""What a program prints, written to a pipe as well: its host reads that when the program does not come to its end."""

import os

TRAIL_BYTES = 64 * 1024
"""How much of it is kept: what a pipe holds, so that nobody has to read it meanwhile."""


class Trail:
    """The child's end of the pipe, which does not block. After the first bytes of a call it takes no more."""

    def __init__(self, fd: int, limit: int) -> None:
        self._fd = fd
        self._limit = self._left = min(limit, TRAIL_BYTES)

    def restart(self) -> None:
        """Begin with the next call; the host has read what there was."""
        self._left = self._limit

    def write(self, text: str) -> None:
        """Take a copy of what is printed."""
        if self._left > 0:
            try:
                self._left -= os.write(self._fd, text.encode("utf-8", "backslashreplace")[: self._left])
            except OSError:  # the pipe is full, or its reader gone
                self._left = 0
