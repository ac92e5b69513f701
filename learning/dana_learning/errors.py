"""What dana_learning raises on purpose: each error names the field, what was expected there, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


class LearningError(Exception):
    """Base of everything dana_learning raises on purpose.

    `field` names what is wrong, `expected` says what belongs there, `hint` what to do about it.

    >>> str(LearningError("timeout is 'soon'", field="timeout", expected="a number", hint="give seconds"))
    "timeout is 'soon': expected a number; give seconds"
    """

    def __init__(self, message: str, *, field: str = "", expected: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.expected = expected
        self.hint = hint

    def __str__(self) -> str:
        expected = f": expected {self.expected}" if self.expected else ""
        return f"{self.message}{expected}{f'; {self.hint}' if self.hint else ''}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.message, dict(vars(self)))


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn whatever a spoiled state makes fail into a ValuesError; as a decorator, too.

    >>> with reading("a Tuner"):
    ...     {}["seed"]
    Traceback (most recent call last):
    dana_learning.errors.ValuesError: this is no state of a Tuner (KeyError: 'seed'): expected what state() gave, whole
    """
    try:
        yield
    except LearningError:
        raise
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError) as cause:
        message = f"this is no state of {what} ({type(cause).__name__}: {cause})"
        raise ValuesError(message, field="state", expected="what state() gave, whole") from cause


def whole(state: Any) -> None:
    """Refuse what is no state, or one of a version that is not known here."""
    if not isinstance(state, Mapping) or state.get("version") != 1:
        given = state.get("version") if isinstance(state, Mapping) else state
        raise ValuesError(f"a state of version {given!r}", field="state", expected="version 1, as state() gave it")


def _again(kind: type[LearningError], message: str, fields: dict[str, Any]) -> LearningError:
    error = kind.__new__(kind, message)
    error.args = (message,)
    vars(error).update(fields)
    return error


class ParameterError(LearningError, ValueError):
    """A parameter, a choice or a space is described in a way that makes no sense."""


class ValuesError(LearningError, ValueError):
    """A value does not fit its parameter: unknown, missing, of the wrong kind or out of bounds."""


class ObservationError(LearningError, ValueError):
    """What is said about an execution cannot be true: a quality of 2, a duration of -1."""


class SpaceChanged(LearningError, ValueError):  # noqa: N818 - says what happened, not that it is wrong
    """What was kept was learned for other names, bounds or options than those of today."""


class StoreError(LearningError):
    """A store cannot do what was asked; `path` is its file ("" in memory)."""

    def __init__(self, message: str, *, path: str = "", field: str = "", expected: str = "", hint: str = "") -> None:
        super().__init__(message, field=field, expected=expected, hint=hint)
        self.path = path


class StoreFormatError(StoreError):
    """The file is not a store of ours: foreign, empty where it must not be, or of a newer version."""


class StoreReadOnly(StoreError):  # noqa: N818
    """The file may be read and not written. Nothing was changed."""


class StoreLocked(StoreError):  # noqa: N818
    """Another program writes to this file. Nothing was changed."""


class StoreFull(StoreError):  # noqa: N818
    """The disk or a quota is full. What was written before is whole; this write was taken back."""


class StoreClosed(StoreError):  # noqa: N818
    """The store was closed before this call."""


class StoreDamaged(UserWarning):
    """Bytes in the middle of a store do not fit their checksum: they were put aside, all else was kept."""


class StoreMigrated(UserWarning):
    """The file was one that stock TinyDB wrote: it is a store of ours now, and the old one stands beside it."""
