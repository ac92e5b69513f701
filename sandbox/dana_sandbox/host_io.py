"""The host's end of a channel: frames with a deadline, without blocking and without spinning.

What the child sends is never trusted: a length is held against its cap before anything is allocated, and a child
that neither reads nor writes costs the host nothing but the wait it asked for.
"""

from __future__ import annotations

import math
import os
import select
import time

from dana_sandbox.channel import Frames, framed
from dana_sandbox.glance import Glance

_LONGEST_WAIT = 3_600_000  # poll takes milliseconds as a C int


class Inbox:
    """What comes in on one descriptor, which does not block."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._frames = Frames()
        self._glance = Glance(fd)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come in that has not been taken."""
        return self._frames.is_empty

    def receive(self, deadline: float, limit: int) -> bytes:
        """Return the next frame. TimeoutError at `deadline` (of `time.monotonic`).

        EOFError when the other end is gone, FrameTooLargeError over `limit` bytes.
        """
        while (payload := self._frames.take(limit)) is None:
            self._wait(deadline)
            try:
                data = os.read(self._fd, self._frames.next_read)
            except BlockingIOError:
                continue
            except ConnectionError as cause:
                raise EOFError("the other end is gone") from cause
            if not data:
                raise EOFError("the other end closed the channel")
            self._frames.feed(data)
        return payload

    def _wait(self, deadline: float) -> None:
        """As the function of this name, which takes any descriptor and event."""
        left = deadline - time.monotonic()
        if left > 0 and self._glance.wait(min(math.ceil(left * 1000), _LONGEST_WAIT)):
            return
        if deadline - time.monotonic() <= 0:
            raise TimeoutError("the deadline has passed")


def send(fd: int, payload: bytes, deadline: float) -> None:
    """Send one frame over `fd`, which does not block. TimeoutError at `deadline`, EOFError when nobody takes it."""
    for part in framed(payload):
        rest: bytes | memoryview = part
        while rest:
            try:
                sent = os.write(fd, rest)
            except BlockingIOError:
                _wait(fd, select.POLLOUT, deadline)
            except (ConnectionError, BrokenPipeError) as cause:
                raise EOFError("the other end is gone") from cause
            else:
                rest = memoryview(rest)[sent:] if sent < len(rest) else b""


def _wait(fd: int, event: int, deadline: float) -> None:
    """Wait until `fd` is ready or closed; a signal that is handled does not shorten or lengthen the wait."""
    left = deadline - time.monotonic()
    if left > 0:
        events = select.poll()
        events.register(fd, event)
        if events.poll(min(math.ceil(left * 1000), _LONGEST_WAIT)):
            return
    if deadline - time.monotonic() <= 0:
        raise TimeoutError("the deadline has passed")


def receive_exactly(fd: int, size: int, deadline: float) -> bytes:
    """Return `size` bytes from `fd`, which does not block. TimeoutError at `deadline`, EOFError before they are whole."""
    data = b""
    while len(data) < size:
        _wait(fd, select.POLLIN, deadline)
        try:
            part = os.read(fd, size - len(data))
        except BlockingIOError:
            continue
        if not part:
            raise EOFError("the other end closed the pipe")
        data += part
    return data
