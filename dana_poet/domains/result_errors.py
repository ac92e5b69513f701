"""Errors of Enforce: the answer of the other side is no good, and asking again may or may not help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_poet.errors import PoetValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable


class PassingResultError(PoetValidationError):
    """A result that cannot be used, where a new attempt may bring a better one: a 503, an empty answer of a model.

    `retry_after` is the wait in seconds that the other side asked for, or None.
    """

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


def missing_keys(result: object, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the wanted names that a mapping or an object lacks or has as None.

    >>> missing_keys({"id": 1, "name": None}, ("id", "name", "email"))
    ('name', 'email')
    """
    if isinstance(result, dict):
        return tuple(name for name in wanted if result.get(name) is None)
    return tuple(name for name in wanted if getattr(result, name, None) is None)


def require_keys(result: object, wanted: Iterable[str] | str | None, function: str) -> None:
    """Raise PoetValidationError unless the result has every wanted name. Nothing wanted is nothing checked."""
    listed = (wanted,) if isinstance(wanted, str) else tuple(wanted or ())
    if missing := missing_keys(result, listed):
        words = ", ".join(f"'{name}'" for name in missing)
        raise PoetValidationError(f"the result of {function} lacks {words}", hint=f"it must have {', '.join(listed)}")
