"""The executions that a query found, decoded one by one when they are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import eq
from typing import TYPE_CHECKING, overload

from dana_learning.appendlog.state import decode
from dana_learning.observation import ExecutionFeedback

if TYPE_CHECKING:
    from dana_learning.appendlog.file import Handle
    from dana_learning.packing import Packer


class Executions(Sequence[ExecutionFeedback]):
    """Executions of a query, as they were when it was asked; each is read from the file when it is looked at."""

    def __init__(self, handle: Handle, offsets: list[int], packer: Packer) -> None:
        self._handle = handle
        self._offsets = offsets
        self._packer = packer

    def _unpack(self, payload: bytes) -> ExecutionFeedback:
        return self._packer.unpack(decode(payload)[3])

    @overload
    def __getitem__(self, place: int) -> ExecutionFeedback: ...
    @overload
    def __getitem__(self, place: slice) -> Executions: ...
    def __getitem__(self, place: int | slice) -> ExecutionFeedback | Executions:
        if isinstance(place, slice):
            return Executions(self._handle, self._offsets[place], self._packer)
        return self._unpack(self._handle.payload(self._offsets[place]))

    def __len__(self) -> int:
        return len(self._offsets)

    def __iter__(self) -> Iterator[ExecutionFeedback]:
        return map(self._unpack, self._handle.payloads(self._offsets))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]  # as a list

    def __repr__(self) -> str:
        return f"<{len(self)} executions>"
