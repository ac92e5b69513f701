"""What the encoder and the decoder agree on: caps, and the two ways in which a crossing fails."""

from dataclasses import dataclass
from typing import Literal

# A longer number helps nobody on the other side and makes quadratic work there.
INT_BITS = 1 << 20
FRACTION_BITS = 1 << 14
# Numbers below this many bits are written as decimal digits, whatever limit for digits the host has set.
SHORT_INT_BITS = 2048
# Many keys with one hash value make building a dict quadratic. Honest ones have few: of the powers of two every 61st.
EQUAL_HASHES = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps of one message: encoded bytes, nodes (shared ones count each time they appear), nested containers.

    >>> Limits(bytes=1000, nodes=100, depth=10).depth
    10
    """

    bytes: int
    nodes: int
    depth: int


class CannotCross(Exception):  # noqa: N818 - it says what happened, and callers turn it into a violation
    """A value that the boundary does not take; `kind` is "type" for what it is and "size" for how much."""

    def __init__(self, path: str, reason: str, kind: Literal["type", "size"] = "type", hint: str = "") -> None:
        super().__init__(f"{path} {reason}")
        self.path, self.reason, self.kind, self.hint = path, reason, kind, hint


class BadMessage(Exception):  # noqa: N818 - what arrived is bad; nobody here made an error
    """Bytes that no encoder of ours has made under these limits."""
