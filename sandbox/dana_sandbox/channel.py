"""Frames of bytes over one descriptor: four bytes of length, then that many bytes.

This is all that connects a child with its host. It is used by both ends of a run and knows nothing of what it carries.
"""

from __future__ import annotations

import os

from dana_sandbox.glance import glance_at

HEADER = 4
LARGEST = (1 << 32) - 1
_READ = 64 * 1024
_LARGEST_READ = 1024 * 1024


class FrameTooLargeError(ValueError):
    """The other end announced more bytes than this end takes; nothing was allocated for them."""


class Channel:
    """The child's end: blocking, one frame at a time. EOFError when the host is gone."""

    def __init__(self, read_fd: int, write_fd: int | None = None, trail_fd: int | None = None) -> None:
        self.read_fd = read_fd
        self.write_fd = read_fd if write_fd is None else write_fd
        self.trail_fd = trail_fd
        """A pipe for what a program prints, where there is one."""
        self._frames = Frames()
        self._glance = glance_at(read_fd)

    @property
    def is_silent(self) -> bool:
        """Whether all that has come in has been taken."""
        return self._frames.is_empty

    def send(self, payload: bytes) -> None:
        """Send one frame; returns when the system has taken all of it."""
        for part in framed(payload):
            sent = os.write(self.write_fd, part)
            while sent < len(part):
                sent += os.write(self.write_fd, memoryview(part)[sent:])

    def receive(self, limit: int) -> bytes:
        """Return the next frame. FrameTooLargeError over `limit` bytes, EOFError when there will be none."""
        while (payload := self._frames.take(limit)) is None:
            if self._glance is not None:
                self._glance.wait()
            data = os.read(self.read_fd, self._frames.next_read)
            if not data:
                raise EOFError("the host closed the channel")
            self._frames.feed(data)
        return payload


def framed(payload: bytes) -> tuple[bytes, ...]:
    """Return what goes over the wire; small frames in one piece, large ones without a copy.

    >>> framed(b"ab")
    (b'\\x00\\x00\\x00\\x02ab',)
    """
    size = len(payload)
    if size > LARGEST:
        raise FrameTooLargeError(f"a frame holds at most {LARGEST} bytes, got {size}")
    header = size.to_bytes(HEADER, "big")
    return (header + payload,) if size < _READ else (header, payload)


class Frames:
    """Bytes as they come in, frames as they are whole.

    >>> frames = Frames()
    >>> frames.feed(b"\\x00\\x00\\x00\\x02a")
    >>> frames.take(limit=10)
    >>> frames.feed(b"b")
    >>> frames.take(limit=10)
    b'ab'
    """

    def __init__(self) -> None:
        self._bytes = bytearray()  # one buffer: a child that sends byte by byte costs its own time, not our memory
        self._wanted: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come in that has not been taken."""
        return not self._bytes and self._wanted is None

    @property
    def next_read(self) -> int:
        """How many bytes to ask the system for: what the frame under way lacks, within reason."""
        missing = 0 if self._wanted is None else self._wanted - len(self._bytes)
        return min(max(missing, _READ), _LARGEST_READ)

    def feed(self, data: bytes) -> None:
        """Add what came in."""
        self._bytes += data

    def take(self, limit: int) -> bytes | None:
        """Return the next frame if it is whole. FrameTooLargeError as soon as its length is known to be over `limit`."""
        if self._wanted is None:
            if len(self._bytes) < HEADER:
                return None
            self._wanted = int.from_bytes(self._bytes[:HEADER], "big")
            del self._bytes[:HEADER]
        if self._wanted > limit:
            raise FrameTooLargeError(f"a frame of {self._wanted} bytes where at most {limit} are taken")
        if len(self._bytes) < self._wanted:
            return None
        if len(self._bytes) == self._wanted:
            frame, self._bytes = bytes(self._bytes), bytearray()
        else:
            frame = bytes(memoryview(self._bytes)[: self._wanted])
            del self._bytes[: self._wanted]
        self._wanted = None
        return frame
