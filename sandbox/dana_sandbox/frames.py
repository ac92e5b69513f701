"""The frames of one run: a version, a kind and parts of bytes. Both ends use it; reading never trusts the bytes."""

import struct

from dana_sandbox.crossing import BadMessage

VERSION = 1
PROGRAM, RUN, ANSWER = b"P", b"R", b"A"  # from the host
REPORT, DONE, CALL = b"K", b"D", b"C"  # from the child
OVERHEAD = 1024  # what a frame needs beside its parts

USAGE = struct.Struct("<dQ")
"""CPU seconds and peak bytes of a call, as the child saw them."""
# Version, kind, number of parts, then the length of each.
_HEADS = tuple(struct.Struct(f"<BcB{count}I") for count in range(8))


def pack(kind: bytes, *parts: bytes) -> bytes:
    """Return one frame.

    >>> unpack(pack(RUN, b"ab", b""))
    (b'R', [b'ab', b''])
    """
    count = len(parts)
    return b"".join((_HEADS[count].pack(VERSION, kind, count, *map(len, parts)), *parts))


def unpack(frame: bytes) -> tuple[bytes, list[bytes]]:
    """Return the kind and the parts of a frame. BadMessage when it is none."""
    if len(frame) < 3 or frame[0] != VERSION or frame[2] >= len(_HEADS):
        raise BadMessage("not a frame of this version")
    head = _HEADS[frame[2]]
    start = head.size
    if len(frame) < start:
        raise BadMessage("a frame without its lengths")
    parts = []
    _, kind, _, *sizes = head.unpack_from(frame)
    for size in sizes:
        parts.append(frame[start : start + size])
        start += size
    if start != len(frame):
        raise BadMessage("a frame that is longer or shorter than its parts")
    return kind, parts
