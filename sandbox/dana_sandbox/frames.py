"""The frames of one run: a version, a kind and parts of bytes. Both ends use it; reading never trusts the bytes."""

import struct

from dana_sandbox.crossing import BadMessage

VERSION = 1
PROGRAM, RUN, ANSWER = b"P", b"R", b"A"  # from the host
REPORT, DONE, CALL = b"K", b"D", b"C"  # from the child
OVERHEAD = 1024  # what a frame needs beside its parts

USAGE = struct.Struct("<dQ")
"""CPU seconds and peak bytes of a call, as the child saw them."""
_HEAD = struct.Struct("<BcB")
_SIZES = tuple(struct.Struct(f"<{count}I") for count in range(8))


def pack(kind: bytes, *parts: bytes) -> bytes:
    """Return one frame.

    >>> unpack(pack(RUN, b"ab", b""))
    (b'R', [b'ab', b''])
    """
    sizes = _SIZES[len(parts)].pack(*map(len, parts))
    return b"".join((_HEAD.pack(VERSION, kind, len(parts)), sizes, *parts))


def unpack(frame: bytes) -> tuple[bytes, list[bytes]]:
    """Return the kind and the parts of a frame. BadMessage when it is none."""
    if len(frame) < _HEAD.size:
        raise BadMessage("not a frame")
    version, kind, count = _HEAD.unpack_from(frame)
    start = _HEAD.size + 4 * count
    if version != VERSION or count >= len(_SIZES) or len(frame) < start:
        raise BadMessage("a frame of another version")
    parts = []
    for size in _SIZES[count].unpack_from(frame, _HEAD.size):
        parts.append(frame[start : start + size])
        start += size
    if start != len(frame):
        raise BadMessage("a frame that is longer or shorter than its parts")
    return kind, parts
