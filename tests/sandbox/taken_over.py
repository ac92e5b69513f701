"""A child that has been taken over before its first call: what the host sends as a program runs here unchecked.

Loaded by the fork server in place of `dana_sandbox.execute`, so the program speaks the protocol of a run itself, from
inside a real, hardened child. Only tests start a server with this.
"""

from __future__ import annotations

import _socket
import ctypes
import json
import os
import signal
import struct
import sys
import time
from typing import TYPE_CHECKING, Any

from dana_sandbox import frames
from dana_sandbox.crossing import Limits
from dana_sandbox.messages import encode

if TYPE_CHECKING:
    from dana_sandbox.channel import Channel

_LIBRARY = ctypes.CDLL(None, use_errno=True)
_ROOMY = Limits(1 << 30, 1 << 30, 1 << 20)
_USAGE = frames.USAGE.pack(0.0, 1)


def raw(number: int, *values: int) -> int:
    """Make any system call; return minus the error's number when it fails."""
    result: int = _LIBRARY.syscall(ctypes.c_long(number), *(ctypes.c_long(value) for value in values))
    return -ctypes.get_errno() if result < 0 else result


class TakenOver:
    """What a hostile program finds under the name `me`."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    def write(self, data: bytes) -> None:
        """Send bytes that need not be a frame."""
        while data:
            data = data[os.write(self.channel.write_fd, data) :]

    def send(self, frame: bytes) -> None:
        """Send a whole frame."""
        self.channel.send(frame)

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a capability as an honest child does, and return what comes back."""
        self.send(self.call_frame(name, encode(list(args), _ROOMY), encode(kwargs, _ROOMY)))
        return frames.unpack(self.channel.receive(1 << 30))

    def call_frame(self, name: str, args: bytes, kwargs: bytes) -> bytes:
        """Return the frame of a call."""
        return frames.pack(frames.CALL, name.encode(), args, kwargs)

    def done(self, value: Any = None) -> bytes:
        """Return the frame of a good outcome."""
        return frames.pack(frames.DONE, b"ok", encode(value, _ROOMY), b"", b"", _USAGE)

    def rights(self, *descriptors: int) -> str:
        """Send descriptors to the host."""
        told = struct.pack(f"@{len(descriptors)}i", *descriptors)
        try:
            channel = _socket.socket(fileno=self.channel.write_fd)
            channel.sendmsg([b"\0"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, told)])
        except OSError as problem:
            return os.strerror(problem.errno or 0)
        channel.detach()
        return "sent"


def serve(channel: Channel) -> None:
    """Run what comes as a program with full powers over this child."""
    me, source = TakenOver(channel), ""
    names = {
        "me": me, "os": os, "time": time, "signal": signal, "frames": frames, "raw": raw, "json": json, "sys": sys,
        "socket": _socket, "ctypes": ctypes,
    }  # fmt: skip
    while True:
        kind, parts = frames.unpack(channel.receive(1 << 30))
        if kind == frames.PROGRAM:
            source = parts[1].decode()
            if parts[3]:
                me.send(frames.pack(frames.REPORT, encode([], _ROOMY), b"hostile \xff bytes"))
        else:
            exec(source, names)  # noqa: S102 - that is what a taken-over child does
