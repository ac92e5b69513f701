"""The names of files in a file store: which lines of a batch they stand for, and what is known without opening them.

    000000000042.3.00020001.19a8c1e2f00.19a8c1e2f33.7.jsonl              waiting, or done
    000000000042.3.00020001.19a8c1e2f00.19a8c1e2f33.7~19a8c1...~4f9a~worker%201.jsonl   claimed

are batch 42 with 3 lines, the types in it (one bit of 32 for each), the first and the last time in milliseconds, and
a mask: bit n set means that the name stands for line n. A claimed one adds when its lease ends, a token, and the owner.
"""

from __future__ import annotations

import zlib
from typing import NamedTuple
from urllib.parse import quote, unquote

MOST_LINES = 512
"""Lines in a batch: a mask of 512 bits still fits into a file name."""
SHARD_BITS = 8
_MOST_OWNER = 40


class Slip(NamedTuple):
    """What a file's name says."""

    batch: int
    lines: int
    types: int
    first: int
    last: int
    mask: int
    until: int = 0
    token: str = ""
    owner: str = ""

    def name(self) -> str:
        """Return the file name.

        >>> Slip(42, 3, 0x20001, 1, 2, 7).name()
        '000000000042.3.00020001.1.2.7.jsonl'
        """
        lease = f"~{self.until:x}~{self.token}~{_quoted(self.owner)}" if self.token else ""
        return (
            f"{self.batch:012d}.{self.lines}.{self.types:08x}.{self.first:x}.{self.last:x}.{self.mask:x}{lease}.jsonl"
        )

    def free(self, mask: int) -> Slip:
        """Return the slip of some of the lines, claimed by nobody."""
        return self._replace(mask=mask, until=0, token="", owner="")

    def shard(self) -> str:
        """Return the folder that the batch lies in, below `new` and `done`."""
        return shard_of(self.batch)


def shard_of(batch: int) -> str:
    """Return the name of the folder for 256 batches."""
    return f"{batch >> SHARD_BITS:09d}"


def slip_of(name: str) -> Slip | None:
    """Read a file name; None for one that is not ours.

    >>> slip_of("000000000042.3.00020001.1.2.7~ff~4f9a~me.jsonl").owner
    'me'
    >>> slip_of("notes.jsonl")
    """
    parts = name.split(".")
    if len(parts) != 7 or parts[6] != "jsonl":
        return None
    mask, *lease = parts[5].split("~")
    if len(lease) not in {0, 3}:
        return None
    until, token, owner = lease or ("0", "", "")
    try:
        return Slip(
            int(parts[0]),
            int(parts[1]),
            int(parts[2], 16),
            int(parts[3], 16),
            int(parts[4], 16),
            int(mask, 16),
            int(until, 16),
            token,
            unquote(owner),
        )
    except ValueError:
        return None


def type_bit(kind: str) -> int:
    """Return the bit of 32 that stands for a type of events."""
    return 1 << (zlib.crc32(kind.encode("utf-8", "surrogatepass")) & 31)


def _quoted(owner: str) -> str:
    """Return an owner's name as a file name can hold it, cut where it is long."""
    text = quote(owner[:_MOST_OWNER], safe="", errors="replace").replace(".", "%2E").replace("~", "%7E")
    while len(text) > _MOST_OWNER:
        owner = owner[:-1]
        text = quote(owner[:_MOST_OWNER], safe="", errors="replace").replace(".", "%2E").replace("~", "%7E")
    return text
