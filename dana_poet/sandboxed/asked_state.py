"""In the worker: the state folder that the user named, of which the host reads and writes single records."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

from dana_poet.runtime.state import StateFolder
from dana_poet.sandboxed.limits import MOST_RECORD_BYTES
from dana_sandbox.crossing import CannotCross

if TYPE_CHECKING:
    from dana_sandbox.handling import Host

PLACE = "the state folder"
"""What the folder is called inside, so that the program learns nothing about where it really is."""


class AskedFolder(StateFolder):
    """Asks the host for each record. What is in one is read, and what is to be saved is written as text, in here."""

    __slots__ = ("_ask",)
    keeps_events = False

    def __init__(self, host: Host) -> None:
        super().__init__("/")
        self.path = PLACE
        self._ask = host.ask

    def content(self, name: str) -> bytes | None:
        """Return the record of this name. OSError with what the host says."""
        found: bytes | None = self._said("state_read", name)["content"]
        return found

    def replace(self, name: str, content: bytes) -> None:
        """Have the host put `content` in place of the record of this name. OSError with what the host says."""
        if len(content) > MOST_RECORD_BYTES:
            raise OSError(errno.EFBIG, f"it is larger than the {MOST_RECORD_BYTES:,} bytes that the sandbox takes")
        self._said("state_write", [name, content])

    def put_aside(self, name: str) -> str:
        """Have the host rename a damaged record. OSError with what the host says."""
        return f"{PLACE}/agents/{self._said('state_put_aside', name)['name']}"

    def _said(self, question: str, value: object) -> dict[str, Any]:
        try:
            said: dict[str, Any] = self._ask(question, value)
        except CannotCross:
            raise OSError(errno.EFBIG, "it is larger than the policy's result_bytes") from None
        if "error" in said:
            raise OSError(errno.EIO, said["error"])
        return said
