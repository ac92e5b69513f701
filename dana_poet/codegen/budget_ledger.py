"""Where a budget counts: in memory, or in one small file that all processes share and that survives a crash."""

from __future__ import annotations

import json
import math
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from dana_poet.codegen.generator import GenerationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FORMAT = 1
# Dollars are kept to a millionth of a millionth, so that sums come out even.
DIGITS = 12


class Spent(NamedTuple):
    """What calls have used or set aside: tokens, US dollars, calls."""

    tokens: int = 0
    usd: float = 0.0
    calls: int = 0

    def plus(self, tokens: int, usd: float, calls: int) -> Spent:
        """Return the sum, never below 0.

        >>> Spent(5).plus(2, 0.5, 1)
        Spent(tokens=7, usd=0.5, calls=1)
        """
        dollars = max(0.0, round(self.usd + usd, DIGITS))
        return Spent(max(0, self.tokens + tokens), dollars, max(0, self.calls + calls))


class Ledger:
    """Counts in memory. Any thread may use it."""

    def __init__(self) -> None:
        self._spent = Spent()
        self._lock = threading.Lock()

    def read(self) -> Spent:
        """Return what has been counted."""
        return self._spent

    def change(self, how: Callable[[Spent], Spent]) -> None:
        """Replace the count by `how(count)`, undisturbed by others; when that raises, nothing changes."""
        with self._lock:
            self._spent = how(self._spent)


class FileLedger(Ledger):
    """Counts in `path` under a file lock. A file that cannot be read or written is an error, never a fresh budget.

    What a killed process had set aside stays counted: its call may have been paid for. GenerationError has the reason
    "budget_unreadable" or "budget_unwritable".
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__()
        self.path = os.fspath(path)

    def read(self) -> Spent:
        """Return what has been counted, nothing when there is no file yet."""
        try:
            with open(self.path, encoding="utf-8") as file:
                return _spent(json.load(file))
        except FileNotFoundError:
            return Spent()
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise GenerationError(
                f"the budget's count in {self.path} cannot be read",
                reason="budget_unreadable",
                hint="delete the file to count from nothing again",
            ) from error

    def change(self, how: Callable[[Spent], Spent]) -> None:
        """Replace the count in the file, undisturbed by other threads and processes."""
        with self._lock, self._alone():
            self._write(how(self.read()))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            os.makedirs(os.path.dirname(os.path.abspath(self.path)), exist_ok=True)
            handle = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unwritable(self.path) from error
        try:
            _lock(handle)
            yield
        finally:
            os.close(handle)

    def _write(self, spent: Spent) -> None:
        aside = f"{self.path}.{os.getpid()}.part"
        try:
            with open(aside, "w", encoding="utf-8") as file:
                json.dump({"format": FORMAT, **spent._asdict()}, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, self.path)
        except OSError as error:
            raise _unwritable(self.path) from error


def _lock(handle: int) -> None:
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows: processes that start at once may count one call twice
        return
    fcntl.flock(handle, fcntl.LOCK_EX)


def _spent(said: dict[str, object]) -> Spent:
    tokens, usd, calls = said["tokens"], said["usd"], said["calls"]
    if type(tokens) is not int or type(calls) is not int or not isinstance(usd, (int, float)):
        raise TypeError("a count is a number")
    if tokens < 0 or calls < 0 or not 0 <= usd < math.inf:
        raise ValueError("a count is not negative")
    return Spent(tokens, float(usd), calls)


def _unwritable(path: str) -> GenerationError:
    return GenerationError(
        f"the budget's count cannot be written to {path}",
        reason="budget_unwritable",
        hint="a budget that is not kept cannot be held: make the folder writable",
    )
